import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import type { View } from 'baton-sdk';
import { failureOf, isCode } from '../api/problems.ts';
import { session } from '../api/session.ts';
import { deleteView, restoreView, updateView, viewQuery, type ViewBody } from '../api/views.ts';
import { projectsQuery } from '../api/workspaces.ts';
import { useRole } from '../desk/use-desk.ts';
import { t } from '../ui/text.ts';
import { toast } from '../ui/toast.tsx';
import { useCell } from '../ui/use-cell.ts';

const failed = (what: string, error: unknown) => {
  const { title, detail } = failureOf(error);
  toast({ kind: 'error', text: `${what} ${title}. ${detail}` });
};

const refresh = (queries: QueryClient, workspace: string) =>
  queries.invalidateQueries({ queryKey: ['views', workspace] });

/**
 * Returns whether the signed-in account may change a view: its owner may, and so may owners and admins of the
 * workspace, who see the views of others only if these are shared.
 */
export function useMayChange(workspace: string): (view: Pick<View, 'owner_id'>) => boolean {
  const who = useCell(session);
  const role = useRole({ workspace_id: workspace });
  const own = 'user' in who ? who.user.id : '';
  return ({ owner_id }) => owner_id === own || role === 'owner' || role === 'admin';
}

/** Returns a function that maps a project's id to its key. */
export function useKeyOf(workspace: string): (ref: string) => string {
  const { data = [] } = useQuery(projectsQuery(workspace));
  return (ref) => data.find(({ id }) => id === ref)?.key ?? ref;
}

/** Returns the actions on a view. Each shows a message that it succeeded, or why not. */
export function useViewActs(workspace: string) {
  const queries = useQueryClient();

  const restore = async ({ id, name }: Pick<View, 'id' | 'name'>) => {
    try {
      await restoreView(workspace, id);
      toast({ text: t('The view {name} is back', { name }) });
    } catch (error) {
      failed(t('The view {name} was not restored.', { name }), error);
    }
    await refresh(queries, workspace);
  };

  /** Deletes a view and offers to undo that. Returns whether it was deleted. */
  const remove = async (view: Pick<View, 'id' | 'name'>): Promise<boolean> => {
    const { id, name } = view;
    try {
      await deleteView(workspace, id);
    } catch (error) {
      failed(t('The view {name} was not deleted.', { name }), error);
      return false;
    }
    queries.removeQueries({ queryKey: viewQuery(workspace, id).queryKey });
    await refresh(queries, workspace);
    const undo = { label: t('Undo'), run: () => void restore(view) };
    toast({ text: t('The view {name} is deleted', { name }), action: undo });
    return true;
  };

  /**
   * Saves fields of a view. If somebody else has changed other fields, their changes stay; if they changed the same
   * ones, the person is asked before they are overwritten.
   */
  const save = async (view: View, body: ViewBody): Promise<void> => {
    const { name } = view;
    try {
      await updateView(workspace, view, body);
      toast({ text: t('The view {name} is saved', { name }) });
    } catch (error) {
      if (!isCode(error, 'conflict')) failed(t('The view {name} was not saved.', { name }), error);
      else {
        const now = await queries.fetchQuery({ ...viewQuery(workspace, view.id), staleTime: 0 });
        if (overlaps(view, now, body)) {
          const text = t('Somebody else has changed the view {name} meanwhile.', { name: now.name });
          toast({ kind: 'error', text, action: { label: t('Save mine over it'), run: () => void save(now, body) } });
        } else await save(now, body);
      }
    }
    await refresh(queries, workspace);
  };

  return { remove, save };
}

/** Returns whether somebody else has changed what is to be saved. The layout and the query count as one field. */
export function overlaps(before: View, now: View, body: ViewBody): boolean {
  const isOther = (field: 'name' | 'shared' | 'layout' | 'query') =>
    JSON.stringify(before[field]) !== JSON.stringify(now[field]);
  const what_is_shown = body.layout !== undefined || body.query !== undefined;
  return (
    (what_is_shown && (isOther('layout') || isOther('query'))) ||
    (body.name !== undefined && isOther('name')) ||
    (body.shared !== undefined && isOther('shared'))
  );
}
