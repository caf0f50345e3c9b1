import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Notification } from 'baton-sdk';
import { useCallback, useEffect, useMemo } from 'react';
import { type Folder, folders, notificationQuery, notificationsQuery } from '../api/notifications.ts';
import { useCell } from '../ui/use-cell.ts';
import { InboxActs, opened, pending } from './acts.ts';
import { rowsOf, shownUnder } from './marks.ts';

const isFolder = (text: string): text is Folder => folders.some((folder) => folder === text);

/** Reads the folder and the open notification from the address. */
export function useAddress(workspace: string) {
  const { folder: given = '', n: chosen } = useSearch({ strict: false });
  const folder: Folder = isFolder(given) ? given : 'unread';
  const navigate = useNavigate();
  const choose = useCallback(
    (n: string | undefined, { replace = false } = {}) =>
      void navigate({
        to: '/w/$workspace/inbox',
        params: { workspace },
        search: { ...(folder !== 'unread' && { folder }), ...(n !== undefined && { n }) },
        replace,
      }),
    [navigate, workspace, folder],
  );
  return { folder, chosen, choose };
}

/** Returns the actions on the workspace’s notifications. */
export function useActs(workspace: string): InboxActs {
  const queries = useQueryClient();
  return useMemo(() => new InboxActs(queries, workspace), [queries, workspace]);
}

/** Returns the notifications of a folder as they are shown, and their query. */
export function useFolder(workspace: string, folder: Folder) {
  const query = useInfiniteQuery(notificationsQuery(workspace, folder));
  const under = useCell(pending);
  const stay = useCell(opened);
  useEffect(() => () => opened.set(new Map()), [workspace, folder]);
  const { data } = query;
  const rows = useMemo(() => {
    const listed = data?.pages.flatMap((page) => page.data) ?? [];
    return rowsOf({ folder, listed, opened: stay, pending: under, now: new Date() });
  }, [data, folder, stay, under]);
  return { rows, query };
}

/** Returns the open notification: one of the rows, or one that only the address names. Opening it marks it as read. */
export function useChosen(workspace: string, rows: readonly Notification[], chosen: string | undefined) {
  const row = rows.find(({ id }) => id === chosen);
  const { data, error } = useQuery({
    ...notificationQuery(workspace, chosen ?? ''),
    enabled: chosen !== undefined && row === undefined,
  });
  const under = useCell(pending);
  const acts = useActs(workspace);
  const shown = row ?? (chosen === undefined || data === undefined ? undefined : shownUnder(data, under));
  const id = shown?.id;
  useEffect(() => {
    if (shown !== undefined) acts.open(shown);
    // Only once for each notification that is opened, so that the person can mark it as unread again.
  }, [id, acts]);
  return { shown, error: row === undefined ? error : null };
}
