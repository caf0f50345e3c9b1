import { useQuery, useQueryClient } from '@tanstack/react-query';
import { membersQuery, most_members } from '../api/workspaces.ts';
import type { Desk } from '../desk/desk.ts';
import { askedIn, type Mentionable } from './mentions.ts';

/**
 * Returns the people whom a text may mention: the first members of the workspace and, if there are more, those found by
 * the names in the text. While `is_asking`, a name would be sent as plain text, and would notify nobody.
 */
export function useMentionable({ workspace_id }: Desk, text: string): { people: Mentionable[]; is_asking: boolean } {
  const queries = useQueryClient();
  const members = useQuery(membersQuery(workspace_id));
  const { data: some = [] } = members;
  const mentioned = askedIn(text);
  const asked = some.length < most_members ? [] : mentioned;
  const { data: found, isFetching } = useQuery({
    queryKey: ['members', workspace_id, asked],
    queryFn: async () => {
      const lists = await Promise.all(asked.map((q) => queries.fetchQuery(membersQuery(workspace_id, q))));
      return lists.flat();
    },
    enabled: asked.length > 0,
  });
  const is_first = members.data === undefined && members.isFetching && mentioned.length > 0;
  return { people: [...some, ...(found ?? [])], is_asking: is_first || (found === undefined && isFetching) };
}
