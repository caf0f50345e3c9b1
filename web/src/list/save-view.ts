import type { QueryClient } from '@tanstack/react-query';
import type { View } from 'baton-sdk';
import { failureOf, isCode } from '../api/problems.ts';
import { updateView, viewQuery, type ViewBody } from '../api/views.ts';
import { t } from '../ui/text.ts';
import { toast } from '../ui/toast.tsx';

/** Shows that an action on a view failed, and why. */
export function failed(what: string, error: unknown): void {
  const { title, detail } = failureOf(error);
  toast({ kind: 'error', text: `${what} ${title}. ${detail}` });
}

/** Reads the workspace's views again. */
export const refresh = (queries: QueryClient, workspace: string): Promise<void> =>
  queries.invalidateQueries({ queryKey: ['views', workspace] });

/**
 * Saves fields of a view. If somebody else has changed other fields, their changes stay; if they changed the same ones,
 * the person is asked before they are overwritten. A message shows the outcome.
 */
export async function saveView(queries: QueryClient, workspace: string, view: View, body: ViewBody): Promise<void> {
  const { name } = view;
  try {
    const now = await updateView(workspace, view, body).then(
      () => undefined,
      (error: unknown) => {
        if (!isCode(error, 'conflict')) throw error;
        return queries.fetchQuery({ ...viewQuery(workspace, view.id), staleTime: 0 });
      },
    );
    const save = (current: View) => saveView(queries, workspace, current, body);
    if (now === undefined) toast({ text: t('The view {name} is saved', { name }) });
    else if (overlaps(view, now, body)) {
      const text = t('Somebody else has changed the view {name} meanwhile.', { name: now.name });
      toast({ kind: 'error', text, action: { label: t('Save mine over it'), run: () => void save(now) } });
    } else await save(now);
  } catch (error) {
    failed(t('The view {name} was not saved.', { name }), error);
  }
  await refresh(queries, workspace);
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
