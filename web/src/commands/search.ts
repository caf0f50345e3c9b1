/** Something that the palette finds. */
export interface Found {
  id: string;
  name: string;
  /** Beside the name: what kind of thing it is, or its keys. */
  hint?: string | undefined;
  run: () => void;
}

const ticket_key = /^[a-z][a-z0-9]{1,9}-[1-9]\d{0,9}$/i;
const number = /^#?([1-9]\d{0,9})$/;

/** The key of the ticket that is asked for: `eng-7`, or `7` in the project of the page. */
export function ticketKeyIn(query: string, project: string | undefined): string | undefined {
  const text = query.trim();
  if (ticket_key.test(text)) return text.toUpperCase();
  const [, of_project] = number.exec(text) ?? [];
  return of_project === undefined || project === undefined ? undefined : `${project}-${of_project}`;
}

const plain = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** Those whose names have every word of the query at the start of one of theirs, in their order. */
export function matching<T extends { name: string }>(all: readonly T[], query: string): T[] {
  const words = plain(query)
    .split(/\s+/)
    .filter((word) => word !== '');
  return all.filter(({ name }) => {
    const of_name = plain(name).split(/[\s:]+/);
    return words.every((word) => of_name.some((one) => one.startsWith(word)));
  });
}
