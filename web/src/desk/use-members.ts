import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Member } from 'baton-sdk';
import { membersQuery } from '../api/workspaces.ts';
import { narrowed } from './found-members.ts';

/**
 * Returns the members whom a menu offers for a typed text. Until the server has responded to the text, they are those of
 * the last response who match it.
 */
export function useMembers(workspace_id: string, text: string, { enabled = true } = {}): readonly Member[] {
  const q = text.trim();
  const found = useQuery({ ...membersQuery(workspace_id, q), enabled, placeholderData: keepPreviousData });
  const { data = [], isPlaceholderData } = found;
  return isPlaceholderData ? narrowed(data, q) : data;
}
