import type { ActivityEntry } from 'baton-sdk';
import { useSyncExternalStore } from 'react';
import type { Desk } from './desk.ts';
import type { Moment } from '../store/timeline.ts';

/** Who changed a field last, after a version; undefined where nobody else did. */
export function changeOf(
  moments: readonly Moment[],
  fields: readonly string[],
  { after, not_by }: { after: number; not_by: string },
): ActivityEntry | undefined {
  for (const moment of moments.toReversed()) {
    if (moment.kind !== 'act') continue;
    const { entry } = moment;
    const touches = fields.some((field) => entry.after !== null && field in entry.after);
    if (touches && (entry.version ?? 0) > after && entry.actor_id !== not_by) return entry;
  }
  return undefined;
}

/** Who changed a field of a ticket since a version, as its story says. */
export function useWhoChanged(
  desk: Desk,
  ticket_id: string,
  fields: readonly string[],
  after: number | undefined,
): ActivityEntry | undefined {
  const story = desk.timeline(ticket_id);
  const { moments } = useSyncExternalStore(story.subscribe, story.state);
  return after === undefined ? undefined : changeOf(moments, fields, { after, not_by: desk.account });
}
