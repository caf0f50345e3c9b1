import type { AuditFilter } from '../api/audit.ts';
import { dayAfter, isDate } from '../ui/dates.ts';
import { hourOf } from '../ui/hours.ts';

/** The filters of the audit log, as the address holds them. */
export interface AuditAddress {
  actor?: string | undefined;
  action?: string | undefined;
  type?: string | undefined;
  /** The key or the id of a ticket, or the id of another subject. */
  thing?: string | undefined;
  /** The first and the last day, in the person’s time zone. */
  from?: string | undefined;
  to?: string | undefined;
}

const names = ['actor', 'action', 'type', 'thing', 'from', 'to'] as const;

/** Reads the filters of an address; ignores parameters that are not filters, and invalid dates. */
export function readAddress(search: Partial<Record<string, string>>): AuditAddress {
  const given = names.flatMap((name) => {
    const value = search[name] ?? '';
    const is_sound = name === 'from' || name === 'to' ? isDate(value) : value !== '';
    return is_sound ? [[name, value] as const] : [];
  });
  return Object.fromEntries(given);
}

/** Returns the beginning of a day in the person’s time zone, `later` days later. */
const midnight = (day: string, later = 0): Date => hourOf(dayAfter(day, later), 0);

/** Returns the last microsecond before a moment: the API’s bounds are exclusive, and its times have microseconds. */
const justBefore = (at: Date) => new Date(at.getTime() - 1).toISOString().replace('.999Z', '.999999Z');

/** Converts the filters for the API. `subject` is the id of the subject. */
export function filterOf({ actor, action, type, from, to }: AuditAddress, subject: string | undefined): AuditFilter {
  return {
    ...(actor !== undefined && { actor }),
    ...(action !== undefined && { action }),
    ...(type !== undefined && { subject_type: type }),
    ...(subject !== undefined && { subject }),
    ...(from !== undefined && { created_after: justBefore(midnight(from)) }),
    ...(to !== undefined && { created_before: midnight(to, 1).toISOString() }),
  };
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Returns whether the text is an id, which needs no lookup. */
export const isId = (thing: string): boolean => uuid.test(thing);
