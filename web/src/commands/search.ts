/** A result of the palette. */
export interface Found {
  id: string;
  name: string;
  /** Shown beside the name: what kind of thing it is, or its keys. */
  hint?: string | undefined;
  run: () => void;
}

const ticket_key = /^[a-z][a-z0-9]{1,9}-[1-9]\d{0,9}$/i;
const number = /^#?([1-9]\d{0,9})$/;

/** Returns the ticket key that a query names: `eng-7`, or `7` in the page's project. */
export function ticketKeyIn(query: string, project: string | undefined): string | undefined {
  const text = query.trim();
  if (ticket_key.test(text)) return text.toUpperCase();
  const [, of_project] = number.exec(text) ?? [];
  return of_project === undefined || project === undefined ? undefined : `${project}-${of_project}`;
}

const plain = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** Returns the items that match, in their order: each word of the query must begin a word of the name. */
export function matching<T extends { name: string }>(all: readonly T[], query: string): T[] {
  const words = plain(query)
    .split(/\s+/)
    .filter((word) => word !== '');
  return all.filter(({ name }) => {
    const of_name = plain(name).split(/[\s:]+/);
    return words.every((word) => of_name.some((one) => one.startsWith(word)));
  });
}
