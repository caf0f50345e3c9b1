import { queryOptions } from '@tanstack/react-query';
import type { Input, OpenedView, View } from 'baton-sdk';
import { client } from './client.ts';

/** The default limits are a hundred views per person, and two hundred shared ones per workspace. */
const most = 500;

/** The signed-in account's views, and the shared ones. */
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

/** A view, with the parts of it that the workspace no longer has. */
export const viewQuery = (workspace_id: string, view_id: string) =>
  queryOptions({
    queryKey: ['views', workspace_id, view_id],
    queryFn: ({ signal }): Promise<OpenedView> => client.get_view({ workspace_id, view_id }, { signal }),
  });

/** The fields for creating or changing a view. */
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
