import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { loadCheckpoint } from '../api/audit.ts';
import { isCode } from '../api/problems.ts';
import { canHash } from './proof/bytes.ts';
import { compare, goOnFrom, keepKey, type LogView } from './watch.ts';
import type { Checkpoint } from './proof/note.ts';

export type LogState =
  | { state: 'viewed'; view: LogView }
  /** The log has no entry yet, or no signed one. */
  | { state: 'empty' }
  /** The server's response is no valid checkpoint. */
  | { state: 'unreadable' };

const keyOf = (workspace_id: string) => ['log', workspace_id];

const viewOf = async (workspace_id: string, note: string): Promise<LogState> => {
  const view = await compare(workspace_id, note);
  return view === undefined ? { state: 'unreadable' } : { state: 'viewed', view };
};

const logQuery = (workspace_id: string) =>
  queryOptions({
    queryKey: keyOf(workspace_id),
    enabled: canHash(),
    staleTime: 60_000,
    queryFn: async ({ signal }): Promise<LogState> => {
      try {
        return await viewOf(workspace_id, await loadCheckpoint(workspace_id, signal));
      } catch (error) {
        if (isCode(error, 'not_found')) return { state: 'empty' };
        throw error;
      }
    },
  });

/** Returns the log as it was last compared with what this browser saw before, and the actions on it. */
export function useLog(workspace_id: string) {
  const query = useQuery(logQuery(workspace_id));
  const queries = useQueryClient();
  const { refetch } = query;
  /** Compares a checkpoint that arrived with another response. */
  const take = useCallback(
    async (note: string): Promise<LogState> => {
      const state = await viewOf(workspace_id, note);
      queries.setQueryData(logQuery(workspace_id).queryKey, state);
      return state;
    },
    [queries, workspace_id],
  );
  const enterKey = async (text: string, now: Checkpoint) => {
    const fault = await keepKey(workspace_id, text, now);
    if (fault === undefined) await refetch();
    return fault;
  };
  const goOn = async (now: Checkpoint) => {
    await goOnFrom(workspace_id, now);
    await refetch();
  };
  return { query, take, enterKey, goOn };
}
