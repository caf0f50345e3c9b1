import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { View } from 'baton-sdk';
import { session } from '../api/session.ts';
import { deleteView, restoreView, viewQuery, type ViewBody } from '../api/views.ts';
import { projectsQuery } from '../api/workspaces.ts';
import { useRole } from '../desk/use-desk.ts';
import { t } from '../ui/text.ts';
import { toast } from '../ui/toast.tsx';
import { useCell } from '../ui/use-cell.ts';
import { failed, refresh, saveView } from './save-view.ts';

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

  const save = (view: View, body: ViewBody): Promise<void> => saveView(queries, workspace, view, body);
  return { remove, save };
}
