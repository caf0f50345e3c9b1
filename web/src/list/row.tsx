import { memo } from 'react';
import type { Desk } from '../desk/desk.ts';
import { usePerson } from '../desk/use-desk.ts';
import type { KnownTicket } from '../store/changes.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Priority, StatusIcon } from '../ui/status.tsx';
import { t } from '../ui/text.ts';
import { DueDate, Time } from '../ui/time.tsx';

export interface RowProps {
  desk: Desk;
  ticket: KnownTicket;
  status: string;
  /** The row number for screen readers, starting at 1; the column names are row 1. */
  index: number;
  /** Whether this row is in the tab order; only one is. */
  is_active: boolean;
  is_opened: boolean;
  is_selected: boolean;
  href: string;
  onOpen: (ticket: KnownTicket) => void;
  onActive: (id: string) => void;
  onSelect: (id: string, extend: boolean) => void;
}

/** Returns whether a click opens the ticket here, and not in another tab. */
const isPlain = (event: React.MouseEvent) =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

/** Returns whether a click selects all rows up to this one. */
const isExtending = (event: React.MouseEvent) =>
  event.button === 0 && event.shiftKey && !event.metaKey && !event.ctrlKey && !event.altKey;

const labels_shown = 2;

function Labels({ labels }: { labels: readonly string[] }) {
  const more = labels.length - labels_shown;
  return (
    <span className="row-labels">
      {labels.slice(0, labels_shown).map((label) => (
        <span key={label} className="tag">
          {label}
        </span>
      ))}
      {more > 0 && (
        <span className="tag tag-more" title={labels.slice(labels_shown).join(', ')}>
          +{more}
        </span>
      )}
    </span>
  );
}

function Assignee({ desk, id }: { desk: Desk; id: string | null }) {
  const person = usePerson(desk, id);
  if (id === null) return <span className="hidden">{t('Nobody')}</span>;
  return (
    <>
      <Avatar id={id} name={person?.name ?? ' '} />
      <span className="row-name">{person?.name ?? ''}</span>
    </>
  );
}

/** Returns the click handlers of the link and of the rest of the row. */
function clicksOf({ ticket, onOpen, onSelect }: Pick<RowProps, 'ticket' | 'onOpen' | 'onSelect'>) {
  const open = (event: React.MouseEvent) => {
    if (isExtending(event)) onSelect(ticket.id, true);
    else if (isPlain(event)) onOpen(ticket);
    else return;
    event.preventDefault();
  };
  // A click anywhere on the row opens it, unless it ends a text selection.
  const openAround = (event: React.MouseEvent) => {
    const is_marking = getSelection()?.isCollapsed === false;
    if (event.target instanceof Element && event.target.closest('a, input, label') !== null) return;
    if (isExtending(event) || !is_marking) open(event);
  };
  return { open, openAround };
}

/** A ticket as one line, whose title links to its page. */
export const Row = memo(function Row(props: RowProps) {
  const { desk, ticket, status, index, is_active, is_opened, is_selected, href, onActive, onSelect } = props;
  const { id, key, title } = ticket;
  const { open, openAround } = clicksOf(props);
  return (
    <div
      role="row"
      aria-rowindex={index}
      aria-selected={is_selected}
      data-id={id}
      data-opened={is_opened || undefined}
      className="row"
      onClick={openAround}
    >
      <div role="gridcell" className="row-check">
        <label>
          <input
            type="checkbox"
            tabIndex={-1}
            checked={is_selected}
            aria-label={t('Select {key}', { key })}
            onChange={() => undefined}
            onClick={(event) => onSelect(id, event.shiftKey)}
          />
        </label>
      </div>
      <div role="gridcell" className="row-key figures">
        {key}
      </div>
      <div role="gridcell" className="row-title">
        <a
          href={href}
          tabIndex={is_active ? 0 : -1}
          aria-current={is_opened ? 'true' : undefined}
          onClick={open}
          onFocus={() => onActive(id)}
        >
          {title}
        </a>
        {ticket.labels.length > 0 && <Labels labels={ticket.labels} />}
      </div>
      <div role="gridcell" className="row-status">
        <StatusIcon category={ticket.status_category} />
        <span>{status}</span>
      </div>
      <div role="gridcell" className="row-priority">
        <Priority value={ticket.priority} />
      </div>
      <div role="gridcell" className="row-assignee">
        <Assignee desk={desk} id={ticket.assignee_id} />
      </div>
      <div role="gridcell" className="row-due">
        {ticket.due_on !== null && <DueDate due_on={ticket.due_on} is_done={ticket.status_category === 'done'} />}
      </div>
      <div role="gridcell" className="row-updated">
        <Time at={ticket.updated_at} />
      </div>
    </div>
  );
});
