import type { AuditFilter } from '../api/audit.ts';

/** What of the audit log is shown, as the address has it. */
export interface AuditAddress {
  actor?: string | undefined;
  action?: string | undefined;
  type?: string | undefined;
  /** The key or the id of a ticket, or the id of another thing. */
  thing?: string | undefined;
  /** The first and the last day, where the person is. */
  from?: string | undefined;
  to?: string | undefined;
}

const names = ['actor', 'action', 'type', 'thing', 'from', 'to'] as const;
const day_form = /^\d{4}-\d{2}-\d{2}$/;

/** What an address says; what is no filter is left out. */
export function readAddress(search: Partial<Record<string, string>>): AuditAddress {
  const given = names.flatMap((name) => {
    const value = search[name] ?? '';
    const is_sound = name === 'from' || name === 'to' ? day_form.test(value) : value !== '';
    return is_sound ? [[name, value] as const] : [];
  });
  return Object.fromEntries(given);
}

/** A day's midnight where the person is; some days later, on request. */
function midnight(day: string, later = 0): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later);
}

/** The last moment before another: the API leaves out what happened at the time itself, and counts in microseconds. */
const justBefore = (at: Date) => new Date(at.getTime() - 1).toISOString().replace('.999Z', '.999999Z');

/** The filter as the API has it. `subject` is the id of the thing. */
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

/** Whether it is an id, and needs no looking up. */
export const isId = (thing: string): boolean => uuid.test(thing);
