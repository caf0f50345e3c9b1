import { type Identity, liveAmong } from '../access/authorize.ts';
import type { Role } from '../http/contract.ts';
import { type Db, readOnly } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import type { Services } from '../services.ts';
import type { Context } from '../serving/context.ts';
import type { Serve } from '../serving/serve.ts';
import { beginning, type Event, type Events, now, read_events } from './contract.ts';
import { isAgain, poll, stream } from './follow.ts';
import { type EventFilter, type EventRow, eventsBehind, lastSequence, lastSequences, stopBehind } from './queries.ts';
import { SharedReads } from './shared-reads.ts';
import { Waiting } from './waiting.ts';

export const offsetOf = (sequence: number) => String(sequence).padStart(16, '0');

/** What owners and admins alone may know of. That somebody has joined is for everybody. */
const isOfAdmins = ({ type, subject_type }: EventRow) =>
  subject_type === 'token' ||
  subject_type === 'webhook' ||
  (subject_type === 'invitation' && type !== 'invitation.accepted');
/** What had another name, role or workflow before is for the readers of the audit log. */
const of_work = new Set(['ticket', 'comment']);
/** What says that a ticket is there, or no longer. */
const of_presence = new Set(['ticket.deleted', 'ticket.restored']);

/** What somebody in this role may see of an event at this moment; nothing where they may not know of it. */
export function shownTo(role: Role, row: EventRow): Event | undefined {
  const { sequence, ticket_is_deleted, ...shown } = row;
  const event = { ...shown, offset: offsetOf(sequence) };
  if (role === 'owner' || role === 'admin') return event;
  if (isOfAdmins(row)) return undefined;
  const is_hidden = ticket_is_deleted && !of_presence.has(row.type);
  return {
    ...event,
    on_behalf_of: null,
    before: is_hidden || !of_work.has(row.subject_type) ? null : row.before,
    after: is_hidden ? null : row.after,
  };
}

/** What is behind a place, for everybody. */
interface Found {
  last_sequence: number;
  /** Whether there was something behind it, of whatever kind. */
  is_news: boolean;
  /** As somebody in this role sees it. */
  pageOf: (role: Role) => Events;
}

async function findEvents(
  db: Db,
  behind: { workspace_id: string; sequence: number },
  filter: EventFilter,
  limit: number,
): Promise<Found> {
  const [{ last_sequence = 0 } = {}, stop, rows] = await Promise.all([
    lastSequence(db, behind.workspace_id),
    stopBehind(db, behind),
    eventsBehind(db, behind, filter, limit),
  ]);
  const sent = rows.filter(({ fits }) => fits).map(({ fits: _, ...row }) => row);
  const is_cut = sent.length < rows.length || rows.length === limit;
  const last = is_cut ? sent.at(-1)?.sequence : stop?.sequence;
  const next = last ?? last_sequence;
  const pages = new Map<Role, Events>();
  const pageOf = (role: Role): Events => {
    const known = pages.get(role);
    if (known !== undefined) return known;
    const data = sent.flatMap((row) => shownTo(role, row) ?? []);
    const page = { data, next_offset: offsetOf(next), up_to_date: next === last_sequence };
    pages.set(role, page);
    return page;
  };
  return { last_sequence, is_news: last_sequence > behind.sequence, pageOf };
}

export function feedRoutes(serve: Serve, { pool }: Pick<Services, 'pool'>, isStopping: () => boolean): void {
  // Both in nobody's turn: each is one read for all that wait.
  const lastOf = async (workspace_ids: readonly string[]) => {
    const heads = await readOnly(pool, { asker: {} }, (db) => lastSequences(db, workspace_ids));
    return new Map(heads.map((head) => [head.workspace_id, head.last_sequence]));
  };
  const endedOf = async (identities: readonly Identity[]) => {
    const live = new Set(await readOnly(pool, { asker: {} }, (db) => liveAmong(db, identities)));
    return identities.filter((identity) => !live.has(identity));
  };
  const waiting = new Waiting({ lastOf, endedOf, isStopping });

  const shared = new SharedReads<Found>(({ is_news }) => is_news);
  const read = async ({ db, workspace_id, actor, query }: Context<typeof read_events>): Promise<Events> => {
    const { after, limit, types, project_id, ticket } = query;
    if (after === now) {
      const { last_sequence = 0 } = (await lastSequence(db, workspace_id)) ?? {};
      return { data: [], next_offset: offsetOf(last_sequence), up_to_date: true };
    }
    const behind = { workspace_id, sequence: after === beginning ? 0 : Number(after) };
    const filter = { types, project_id, ticket };
    const find = () => findEvents(db, behind, filter, limit);
    // The right is asked for each of those that wait, in its own transaction, and what they may see follows from it.
    const finding = isAgain(query) ? shared.get(JSON.stringify([behind, filter, limit]), find) : find();
    const [found, { role }] = await Promise.all([finding, actor]);
    // Of a client that has seen more than there is: the database was restored from a backup.
    if (behind.sequence > found.last_sequence) throw new BatonError('invalid_offset');
    return found.pageOf(role);
  };

  serve.following(read_events, read, {
    turn: (user_id, first) => waiting.read(user_id, first),
    poll: (first, asked) => poll(waiting, first, asked),
    stream: (first, asked) => stream(waiting, first, asked),
  });
}
