import { memo, useEffect, useRef } from 'react';
import type { Desk } from '../desk/desk.ts';
import { usePerson } from '../desk/use-desk.ts';
import type { KnownTicket } from '../store/changes.ts';
import { Avatar } from '../ui/avatar.tsx';
import { IconButton } from '../ui/button.tsx';
import { Priority } from '../ui/status.tsx';
import { t } from '../ui/text.ts';
import { DueDate } from '../ui/time.tsx';
import { dragCard } from './dragging.ts';
import './card.css';

export interface CardProps {
  desk: Desk;
  ticket: KnownTicket;
  /** The column that contains it. */
  status: string;
  /** Its place in the column, starting at 1, and the number of cards there; -1 if that is unknown. */
  place: number;
  of: number;
  /** The distance in pixels from the top of its column, if only some cards are rendered. */
  top?: number | undefined;
  is_active: boolean;
  is_opened: boolean;
  is_lifted: boolean;
  is_selected: boolean;
  onOpen: (ticket: KnownTicket) => void;
  onActive: (id: string) => void;
  onMenu: (id: string, button: HTMLElement) => void;
  onSelect: (id: string, extend: boolean) => void;
}

const labels_shown = 2;

/** Returns whether a click opens the ticket here, and not in another tab. */
const isPlain = (event: React.MouseEvent) =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

/** Returns whether a click selects all cards up to this one. */
const isExtending = (event: React.MouseEvent) =>
  event.button === 0 && event.shiftKey && !event.metaKey && !event.ctrlKey && !event.altKey;

function Assignee({ desk, id }: { desk: Desk; id: string }) {
  const person = usePerson(desk, id);
  return <Avatar id={id} name={person?.name ?? ' '} />;
}

/** The checkbox that selects a card. It is visible on hover, and while any card is selected. */
function Check({ ticket, is_selected, onSelect }: Pick<CardProps, 'ticket' | 'is_selected' | 'onSelect'>) {
  const { id, key } = ticket;
  return (
    <label className="card-check">
      <input
        type="checkbox"
        tabIndex={-1}
        checked={is_selected}
        aria-label={t('Select {key}', { key })}
        onChange={() => undefined}
        onClick={(event) => onSelect(id, event.shiftKey)}
      />
    </label>
  );
}

/** A ticket as a card: a link to its page with its menu beside it. All cards have the same height. */
export const Card = memo(function Card(props: CardProps) {
  const { desk, ticket, status, place, of, top, is_active, is_opened, is_lifted, is_selected } = props;
  const { onOpen, onActive, onMenu, onSelect } = props;
  const { id, key, title, labels, due_on, assignee_id, status_category } = ticket;
  const link = useRef<HTMLAnchorElement>(null);
  const column = useRef(status);
  column.current = status;
  useEffect(() => (link.current === null ? undefined : dragCard(link.current, id, () => column.current)), [id]);
  return (
    <li
      aria-posinset={place}
      aria-setsize={of}
      data-id={id}
      data-opened={is_opened || undefined}
      data-lifted={is_lifted || undefined}
      data-selected={is_selected || undefined}
      className={top === undefined ? 'card' : 'card card-at'}
      style={top === undefined ? undefined : { transform: `translateY(${top}px)` }}
    >
      <a
        ref={link}
        href={`/w/${desk.workspace_id}/t/${key}`}
        tabIndex={is_active ? 0 : -1}
        aria-current={is_opened ? 'true' : undefined}
        className="card-link"
        onClick={(event) => {
          if (isExtending(event)) onSelect(id, true);
          else if (isPlain(event)) onOpen(ticket);
          else return;
          event.preventDefault();
        }}
        onFocus={() => onActive(id)}
      >
        <span className="card-head">
          <span className="card-key figures">{key}</span> <Priority value={ticket.priority} />
        </span>
        <span className="card-title">{title}</span>
        <span className="card-foot">
          {labels.slice(0, labels_shown).map((label) => (
            <span key={label} className="tag">
              {label}
            </span>
          ))}
          {labels.length > labels_shown && <span className="tag tag-more">+{labels.length - labels_shown}</span>}
          <span className="card-end">
            {due_on !== null && <DueDate due_on={due_on} is_done={status_category === 'done'} />}
            {assignee_id !== null && <Assignee desk={desk} id={assignee_id} />}
          </span>
        </span>
      </a>
      <Check ticket={ticket} is_selected={is_selected} onSelect={onSelect} />
      <IconButton
        icon="more"
        label={t('What can be done with {key}', { key })}
        tabIndex={-1}
        className="card-menu"
        aria-haspopup="menu"
        onClick={(event) => onMenu(id, event.currentTarget)}
      />
    </li>
  );
});
