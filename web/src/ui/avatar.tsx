import { initialsOf } from './initials.ts';
import './marks.css';

const colours = 8;

/** One of eight colours, always the same for an id. The last characters of a UUIDv7 are the random ones. */
const colourOf = (id: string) => (Number.parseInt(id.slice(-4), 16) % colours || 0) + 1;

/**
 * A person as two letters on a colour of their own. Without a name beside it, `named` says it. The letters are drawn by the
 * style sheet: they are no text, which would be part of the name of a button around them.
 */
export function Avatar({ id, name, named = false }: { id: string; name: string; named?: boolean }) {
  const said = named ? { role: 'img', 'aria-label': name, title: name } : { 'aria-hidden': true };
  return <span className={`avatar avatar-${colourOf(id)}`} data-letters={initialsOf(name)} {...said} />;
}
