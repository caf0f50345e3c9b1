import type { Member } from 'baton-sdk';

type Named = Pick<Member, 'name' | 'email'>;

/**
 * Returns those of an earlier list of members who may be found by a text. Until the server has responded to the text, Enter
 * must not choose somebody whose name is not what was typed.
 */
export function narrowed<Of extends Named>(members: readonly Of[], q: string): Of[] {
  const typed = q.normalize().toLowerCase();
  return members.filter(({ name, email }) => `${name}\n${email}`.toLowerCase().includes(typed));
}
