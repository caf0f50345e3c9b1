import type { Input, Output } from 'baton-sdk';
import { client } from './client.ts';

/** Reads a page of a list of tickets. */
export const loadTickets = (
  workspace_id: string,
  input: Omit<Input<'list_tickets'>, 'workspace_id'>,
): ReturnType<typeof client.list_tickets> => client.list_tickets({ workspace_id, ...input });

/** Reads a project's board: the first tickets of each status, and each status's total. */
export const loadBoard = (
  workspace_id: string,
  input: Omit<Input<'get_board'>, 'workspace_id'>,
  signal?: AbortSignal,
): Promise<Output<'get_board'>> => client.get_board({ workspace_id, ...input }, signal === undefined ? {} : { signal });
