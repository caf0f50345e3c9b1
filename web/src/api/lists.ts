import type { Input } from 'baton-sdk';
import { client } from './client.ts';

/** Reads a page of a list of tickets. */
export const loadTickets = (
  workspace_id: string,
  input: Omit<Input<'list_tickets'>, 'workspace_id'>,
): ReturnType<typeof client.list_tickets> => client.list_tickets({ workspace_id, ...input });
