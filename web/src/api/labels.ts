import { queryOptions } from '@tanstack/react-query';
import { client } from './client.ts';

/** The most characters of a label. */
export const longest_label = 64;
/** The most labels that are read at once. */
export const most_labels = 50;
/** The most pages that are read for them. A page may contain few labels, because the server examines 2,000 at most. */
const most_pages = 5;

/** Labels of the workspace's tickets, in the server's order. */
export interface FoundLabels {
  names: readonly string[];
  /** Whether these are all labels that contain the text. */
  complete: boolean;
}

async function findLabels(workspace_id: string, q: string, signal: AbortSignal): Promise<FoundLabels> {
  const names: string[] = [];
  let cursor: string | null = 'start';
  for (let pages = 0; pages < most_pages && names.length < most_labels && cursor !== null; pages++) {
    const about = { workspace_id, limit: most_labels, cursor, ...(q !== '' && { q }) };
    const page = await client.list_labels(about, { signal });
    names.push(...page.data.map(({ name }) => name));
    cursor = page.next_cursor;
  }
  return { names: names.slice(0, most_labels), complete: cursor === null && names.length <= most_labels };
}

/** The first labels that contain a text in any letter case; without a text, the first labels. */
export const labelsQuery = (workspace_id: string, q: string) =>
  queryOptions({
    queryKey: ['labels', workspace_id, q],
    queryFn: ({ signal }) => findLabels(workspace_id, q, signal),
  });
