import { initialsOf } from './initials.ts';
import './marks.css';

const colours = 8;

/** Returns one of eight colours, always the same for an id. Only the last characters of a UUIDv7 are random. */
const colourOf = (id: string) => (Number.parseInt(id.slice(-4), 16) % colours || 0) + 1;

/**
 * A person as two letters on their colour. With `named`, screen readers read the name, which is needed unless it is
 * shown beside it. The style sheet draws the letters, so that they don't become part of the name of a button around
 * them.
 */
export function Avatar({ id, name, named = false }: { id: string; name: string; named?: boolean }) {
  const said = named ? { role: 'img', 'aria-label': name, title: name } : { 'aria-hidden': true };
  return <span className={`avatar avatar-${colourOf(id)}`} data-letters={initialsOf(name)} {...said} />;
}
