import { useQueries, useQuery } from '@tanstack/react-query';
import type { AuditEntry } from 'baton-sdk';
import { ticketNameQuery } from '../api/ticket-names.ts';
import { projectsQuery } from '../api/workspaces.ts';
import type { Desk } from '../desk/desk.ts';
import { usePeople } from '../desk/use-desk.ts';
import { t } from '../ui/text.ts';
import { type AuditNames, ticketOf } from './said.ts';

/** Returns the ids of all people in an entry. */
function peopleIn({ actor_id, on_behalf_of, subject_type, subject_id, before, after }: AuditEntry): string[] {
  const named = [before, after].flatMap((fields) => [
    fields?.['assignee_id'],
    fields?.['user_id'],
    fields?.['reporter_id'],
    ...[fields?.['mentions'] ?? []].flat(),
  ]);
  const subject = subject_type === 'member' || subject_type === 'bot' ? subject_id : undefined;
  return [actor_id, on_behalf_of, subject, ...named].filter((id): id is string => typeof id === 'string');
}

const unique = (ids: readonly string[]) => [...new Set(ids)].toSorted();

export interface Names extends AuditNames {
  /** Returns the key of a ticket for a link; undefined if it was deleted or is not known yet. */
  ticketKey: (id: string) => string | undefined;
}

/** Returns the names for the ids in these entries, updated as they become known. */
export function useNames(desk: Desk, entries: readonly AuditEntry[]): Names {
  const person = usePeople(desk, unique(entries.flatMap(peopleIn)));
  const tickets = unique(entries.map(ticketOf).filter((id) => id !== undefined));
  const known = useQueries({
    queries: tickets.map((id) => ticketNameQuery(desk.workspace_id, id)),
    combine: (results) =>
      new Map(results.map(({ data, isSuccess }, n) => [tickets[n] ?? '', isSuccess ? data : undefined])),
  });
  const projects = useQuery(projectsQuery(desk.workspace_id)).data ?? [];
  const ticketKey = (id: string) => known.get(id)?.key;
  return {
    person: (id) => person(id) ?? '…',
    ticketKey,
    ticket: (id) => ticketKey(id) ?? (known.get(id) === null ? t('a deleted ticket') : t('a ticket')),
    project: (id) => projects.find((project) => project.id === id)?.name ?? t('an archived project'),
  };
}
