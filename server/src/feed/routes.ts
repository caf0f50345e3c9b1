import { offsetOf } from '../audit/offset.ts';
import { authorize, type Identity, liveAmong } from '../access/authorize.ts';
import { isAdmin } from '../access/policy.ts';
import type { AuditAction } from '../audit/facts.ts';
import type { Role } from '../http/contract.ts';
import { type Db, readOnly } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import type { Services } from '../services.ts';
import type { Context } from '../serving/context.ts';
import type { Serve } from '../serving/serve.ts';
import { beginning, type Event, type Events, now, read_events } from './contract.ts';
import { askedAgainAt, poll, stream } from './follow.ts';
import { type EventFilter, type EventRow, eventsBehind, lastSequence, lastSequences, stopBehind } from './queries.ts';
import { SharedReads } from './shared-reads.ts';
import { Waiting } from './waiting.ts';

/** Events that only owners and admins may know of. Everybody may know that somebody has joined. */
const isOfAdmins = (type: AuditAction) => /^(token|webhook|invitation)\./.test(type) && type !== 'invitation.accepted';
/**
 * The subjects whose former values everybody may see. Former names, roles and workflows are for readers of the audit
 * log.
 */
const of_work = new Set(['ticket', 'comment']);
/** Events that say that a ticket was deleted or restored. They are shown even while the ticket is deleted. */
const of_presence = new Set(['ticket.deleted', 'ticket.restored']);

/** The part of an event that this role may see now; undefined if it may not know of the event. */
export function shownTo(role: Role, row: EventRow): Event | undefined {
  const { sequence, ticket_is_deleted, ...shown } = row;
  const event = { ...shown, offset: offsetOf(sequence) };
  if (isAdmin(role)) return event;
  if (isOfAdmins(row.type)) return undefined;
  const is_hidden = ticket_is_deleted && !of_presence.has(row.type);
  return {
    ...event,
    on_behalf_of: null,
    before: is_hidden || !of_work.has(row.subject_type) ? null : row.before,
    after: is_hidden ? null : row.after,
  };
}

/** The events after an offset, for every role. */
interface Found {
  last_sequence: number;
  /** As somebody in this role sees it. */
  pageOf: (role: Role) => Events;
}

type FoundRows = Awaited<ReturnType<typeof eventsBehind>>;

/**
 * The filter without the types that only admins may know of; undefined if it names none. If an event of such a type
 * could end a page of somebody else, the page would tell its offset.
 */
function filterOfOthers(filter: EventFilter): EventFilter | undefined {
  const types = filter.types?.filter((type) => !isOfAdmins(type));
  return types === undefined || types.length === filter.types?.length ? undefined : { ...filter, types };
}

async function findEvents(
  db: Db,
  behind: { workspace_id: string; sequence: number },
  filter: EventFilter,
  limit: number,
): Promise<Found> {
  const of_others = filterOfOthers(filter);
  // Both pages are read in the snapshot that reads the role, which decides between them.
  const [{ last_sequence = 0 } = {}, stop, all, others] = await Promise.all([
    lastSequence(db, behind.workspace_id),
    stopBehind(db, behind),
    eventsBehind(db, behind, filter, limit),
    of_others === undefined || of_others.types?.length === 0 ? undefined : eventsBehind(db, behind, of_others, limit),
  ]);
  const pageIn = (rows: FoundRows, role: Role): Events => {
    const sent = rows.filter(({ fits }) => fits).map(({ fits: _, ...row }) => row);
    const is_cut = sent.length < rows.length || rows.length === limit;
    const last = is_cut ? sent.at(-1)?.sequence : stop?.sequence;
    const next = last ?? last_sequence;
    const data = sent.flatMap((row) => shownTo(role, row) ?? []);
    return { data, next_offset: offsetOf(next), up_to_date: next === last_sequence };
  };
  const pages = new Map<Role, Events>();
  const pageOf = (role: Role): Events => {
    const known = pages.get(role);
    if (known !== undefined) return known;
    const is_for_all = of_others === undefined || isAdmin(role);
    const rows = is_for_all ? all : others;
    const page = rows === undefined ? nothingUpTo(last_sequence) : pageIn(rows, role);
    pages.set(role, page);
    return page;
  };
  return { last_sequence, pageOf };
}

/** An empty page that continues from the end. */
const nothingUpTo = (last_sequence: number): Events => {
  return { data: [], next_offset: offsetOf(last_sequence), up_to_date: true };
};

export function feedRoutes(serve: Serve, { pool }: Pick<Services, 'pool'>, isStopping: () => boolean): void {
  // Both run outside the callers' turns: each is one read for all waiting requests.
  const lastOf = async (workspace_ids: readonly string[]) => {
    const heads = await readOnly(pool, { asker: {} }, (db) => lastSequences(db, workspace_ids));
    return new Map(heads.map((head) => [head.workspace_id, head.last_sequence]));
  };
  const endedOf = async (identities: readonly Identity[]) => {
    const live = new Set(await readOnly(pool, { asker: {} }, (db) => liveAmong(db, identities)));
    return identities.filter((identity) => !live.has(identity));
  };
  const waiting = new Waiting({ lastOf, endedOf, isStopping });

  const shared = new SharedReads<Found>();
  const read = async (context: Context<typeof read_events>): Promise<Events> => {
    const { db, workspace_id, actor, query } = context;
    const { after, limit, types, project_id, ticket } = query;
    if (after === now) {
      const { last_sequence = 0 } = (await lastSequence(db, workspace_id)) ?? {};
      return nothingUpTo(last_sequence);
    }
    const behind = { workspace_id, sequence: after === beginning ? 0 : Number(after) };
    const filter = { types, project_id, ticket };
    const find = () => findEvents(db, behind, filter, limit);
    const asked_at = askedAgainAt(query);
    // The events may be shared, but each waiting request asks for its caller's role in its own transaction.
    const { result: found, is_no_newer } =
      asked_at === undefined
        ? { result: await find(), is_no_newer: true }
        : await shared.get(JSON.stringify([behind, filter, limit]), asked_at, find);
    // If another request read the events meanwhile, ask for the role again: the caller may have lost access before
    // those events were committed.
    const { role } = is_no_newer ? await actor : await authorize(db, context);
    // The client has seen more events than there are: the database was restored from a backup.
    if (behind.sequence > found.last_sequence) throw new BatonError('invalid_offset');
    return found.pageOf(role);
  };

  serve.following(read_events, read, {
    turn: (user_id, first) => waiting.read(user_id, first),
    poll: (first, asked) => poll(waiting, first, asked),
    stream: (first, asked) => stream(waiting, first, asked),
  });
}
