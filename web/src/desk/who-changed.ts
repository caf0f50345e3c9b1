import type { ActivityEntry } from 'baton-sdk';
import { useSyncExternalStore } from 'react';
import type { Desk } from './desk.ts';
import type { Moment } from '../store/timeline.ts';

/** Returns the last change of these fields after a version by somebody else; undefined if there is none. */
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

/** Returns who changed a ticket's fields since a version, according to its story. */
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
