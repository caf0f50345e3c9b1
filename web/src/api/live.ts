import type { Event } from 'baton-sdk';
import type { People } from '../store/people.ts';
import type { Tickets } from '../store/tickets.ts';
import type { Reader } from './reader.ts';

export interface LiveParts {
  tickets: Tickets;
  people: People;
  reader: Reader;
  /** Whether a list on the page may contain a ticket of this project that the console doesn't know yet. */
  isListed: (project_id: string | null) => boolean;
  /** Something happened to a ticket, or to one of its comments; its story may be on the page. */
  told: (ticket_id: string, comment_id: string | undefined) => void;
  /** A file was added to a ticket, or removed from it. */
  filed: (ticket_id: string) => void;
  /** Projects, workflows, members, views or the workspace itself have changed. */
  surroundings: (what: 'project' | 'workflow' | 'member' | 'workspace' | 'view', is_own: boolean) => void;
  /** The id of the signed-in account. */
  account: string;
  /** More tickets have changed than are worth reading one by one. */
  tooMuch: () => void;
}

/** If more tickets than this wait to be read, the lists are reloaded instead. */
const max_waiting = 60;

/** Applies an event to what the page shows. */
export function onEvent(parts: LiveParts, event: Event): void {
  const [subject = ''] = event.type.split('.');
  switch (subject) {
    case 'ticket':
      return onTicket(parts, event);
    case 'comment':
      if (event.ticket_id === null) return undefined;
      if (event.type === 'comment.created') parts.tickets.touched(event.ticket_id, event.created_at);
      return parts.told(event.ticket_id, event.subject_id);
    case 'attachment':
      if (event.ticket_id === null) return undefined;
      parts.filed(event.ticket_id);
      return parts.told(event.ticket_id, undefined);
    case 'member':
    case 'invitation':
    case 'bot':
      parts.people.forget(event.subject_id);
      return parts.surroundings('member', event.subject_id === parts.account);
    case 'project':
    case 'workflow':
    case 'workspace':
    case 'view':
      return parts.surroundings(subject, false);
    default:
      return undefined;
  }
}

function onTicket(parts: LiveParts, event: Event): void {
  const { tickets, reader } = parts;
  const { subject_id: id, subject_version, type } = event;
  const known = tickets.known(id);
  // This is the page's own change, whose response has arrived: there is nothing to read.
  if (known !== undefined && subject_version !== null && known.version >= subject_version) return;
  // A new place changes neither the ticket's version nor its story. The known ticket may be newer, so it is read again.
  const is_placed = type === 'ticket.placed' || type === 'ticket.respaced';
  if (is_placed && known?.rank === event.after?.['rank']) return;
  if (!is_placed) parts.told(id, undefined);
  if (type === 'ticket.deleted') {
    const deletion = { version: subject_version ?? undefined, deleted_by: event.actor_id ?? undefined };
    return tickets.deleted(id, event.created_at, deletion);
  }
  if (known === undefined && !parts.isListed(event.project_id)) return;
  if (reader.waiting() >= max_waiting) parts.tooMuch();
  else reader.want(id);
}
