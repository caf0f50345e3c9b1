import type { Check } from '../check.ts';
import { checker } from './checking.ts';
import { comments } from './comments.ts';
import { deliveries } from './deliveries.ts';
import { events } from './events.ts';
import { invitation_twice } from './invitation-twice.ts';
import { last_owner } from './last-owner.ts';
import { linearizability } from './linearizability.ts';
import { notifications } from './notifications.ts';
import { refresh_twice } from './refresh-twice.ts';
import { retries } from './retries/index.ts';
import { streams } from './streams.ts';
import { ticket_numbers } from './ticket-numbers.ts';
import { transitions } from './transitions.ts';
import { unique_keys } from './unique-keys.ts';

/** The checks of what must hold under concurrency. */
export const races: readonly Check[] = [
  checker,
  transitions,
  linearizability,
  last_owner,
  invitation_twice,
  refresh_twice,
  unique_keys,
  ticket_numbers,
  comments,
  retries,
  events,
  deliveries,
  notifications,
  streams,
];
