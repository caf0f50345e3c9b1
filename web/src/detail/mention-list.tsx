import type { Member } from 'baton-sdk';
import { useEffect, useState } from 'react';
import type { Desk } from '../desk/desk.ts';
import { useMembers } from '../desk/use-members.ts';
import { Avatar } from '../ui/avatar.tsx';
import { t } from '../ui/text.ts';
import { type Fragment, fragmentAt, writtenAs } from './mentions.ts';

const most = 6;

export interface Mentioning {
  /** The people whom the text at the caret may mention; empty if there are none. */
  found: readonly Member[];
  active: number;
  /** Looks for a mention at the caret. */
  look: (area: HTMLTextAreaElement) => void;
  /** Handles a key while there are people to choose from. Returns whether it did. */
  press: (key: string) => boolean;
  choose: (member: Member) => void;
}

/** Finds the people whom an `@` at the caret may mean, and inserts the chosen name. */
export function useMentioning(
  desk: Desk,
  area: React.RefObject<HTMLTextAreaElement | null>,
  { onChange, enabled }: { onChange: (text: string) => void; enabled: boolean },
): Mentioning {
  const [fragment, setFragment] = useState<Fragment | undefined>(undefined);
  const [active, setActive] = useState(0);
  const members = useMembers(desk.workspace_id, fragment?.text ?? '', { enabled: fragment !== undefined });
  const found = fragment === undefined ? [] : members.slice(0, most);
  useEffect(() => setActive(0), [fragment?.text]);

  const look = (of: HTMLTextAreaElement) => {
    const is_caret = enabled && of.selectionStart === of.selectionEnd;
    setFragment(is_caret ? fragmentAt(of.value, of.selectionStart) : undefined);
  };
  const choose = (member: Member) => {
    const { current } = area;
    if (current === null || fragment === undefined) return;
    const name = writtenAs(member, members);
    current.focus();
    current.setSelectionRange(fragment.start, fragment.end);
    // Inserted like typed text, so that the browser’s own undo removes it.
    if (!document.execCommand('insertText', false, `@${name} `)) {
      onChange(`${current.value.slice(0, fragment.start)}@${name} ${current.value.slice(fragment.end)}`);
    }
    setFragment(undefined);
  };
  const press = (key: string): boolean => {
    if (found.length === 0) return false;
    if (key === 'ArrowDown') setActive((active + 1) % found.length);
    else if (key === 'ArrowUp') setActive((active + found.length - 1) % found.length);
    else if (key === 'Escape') setFragment(undefined);
    else if ((key === 'Enter' || key === 'Tab') && found[active] !== undefined) choose(found[active]);
    else return false;
    return true;
  };
  return { found, active, look, press, choose };
}

/** The people to choose from, shown under the text. */
export function MentionList({ id, found, active, choose }: Mentioning & { id: string }) {
  if (found.length === 0) return null;
  return (
    <ul id={id} role="listbox" aria-label={t('People to mention')} className="mention-list">
      {found.map((member, index) => (
        // The focus stays in the text, which handles the keys.
        <li
          key={member.user_id}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          className="menu-item"
          data-highlighted={index === active || undefined}
          onMouseDown={(event) => {
            event.preventDefault();
            choose(member);
          }}
        >
          <Avatar id={member.user_id} name={member.name} />
          <span className="person">
            {member.name}
            <small>{member.email}</small>
          </span>
        </li>
      ))}
    </ul>
  );
}
