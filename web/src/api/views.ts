import { queryOptions } from '@tanstack/react-query';
import type { Input, OpenedView, View } from 'baton-sdk';
import { client } from './client.ts';

/** A person has at most a hundred of their own by default, and a workspace two hundred that are shared. */
const most = 500;

/** The views of who is signed in, and those that are shared. */
export const viewsQuery = (workspace_id: string) =>
  queryOptions({
    queryKey: ['views', workspace_id],
    queryFn: async ({ signal }): Promise<View[]> => {
      const found: View[] = [];
      for await (const view of client.pages.list_views({ workspace_id, limit: 100 }, { signal })) {
        found.push(view);
        if (found.length === most) break;
      }
      return found.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
    },
  });

/** A view, with what of it the workspace no longer has. */
export const viewQuery = (workspace_id: string, view_id: string) =>
  queryOptions({
    queryKey: ['views', workspace_id, view_id],
    queryFn: ({ signal }): Promise<OpenedView> => client.get_view({ workspace_id, view_id }, { signal }),
  });

/** What a view can be created with, or changed to. */
export type ViewBody = Omit<Input<'update_view'>['body'], 'version'>;

export const createView = (workspace_id: string, body: Input<'create_view'>['body']): Promise<View> =>
  client.create_view({ workspace_id, body });

export const updateView = (
  workspace_id: string,
  { id, version }: Pick<View, 'id' | 'version'>,
  body: ViewBody,
): Promise<View> => client.update_view({ workspace_id, view_id: id, body: { ...body, version } });

export async function deleteView(workspace_id: string, view_id: string): Promise<void> {
  await client.delete_view({ workspace_id, view_id });
}

export const restoreView = (workspace_id: string, view_id: string): Promise<View> =>
  client.restore_view({ workspace_id, view_id });
