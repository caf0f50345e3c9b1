import type { Role } from '../http/contract.ts';
import { readOnly } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import type { Services } from '../services.ts';
import type { Context } from '../serving/context.ts';
import type { Serve } from '../serving/serve.ts';
import { beginning, type Event, type Events, now, read_events } from './contract.ts';
import { type EventRow, eventsBehind, lastSequence, stopBehind } from './queries.ts';
import { Waiting } from './waiting.ts';

const offsetOf = (sequence: number) => String(sequence).padStart(16, '0');

/** Of what owners and admins alone may read. */
const of_admins = new Set(['invitation', 'token']);
/** What says that a ticket is there, or no longer. */
const of_presence = new Set(['ticket.deleted', 'ticket.restored']);

/** What somebody in this role may see of an event at this moment; nothing where they may not know of it. */
function shownTo(role: Role, { sequence, ticket_is_deleted, ...row }: EventRow): Event | undefined {
  const is_admin = role === 'owner' || role === 'admin';
  if (!is_admin && of_admins.has(row.subject_type)) return undefined;
  const event = { ...row, offset: offsetOf(sequence) };
  const hidden = ticket_is_deleted && !is_admin && !of_presence.has(row.type);
  return hidden ? { ...event, before: null, after: null } : event;
}

export function feedRoutes(serve: Serve, { pool }: Pick<Services, 'pool'>, isStopping: () => boolean): void {
  // In nobody's turn: it is one read for all that wait.
  const lastOf = async (workspace_id: string) => {
    const head = await readOnly(pool, { workspace_id, asker: {} }, (db) => lastSequence(db, workspace_id));
    return head?.last_sequence ?? 0;
  };
  const waiting = new Waiting(lastOf, isStopping);

  const read = async ({ db, workspace_id, actor, query }: Context<typeof read_events>): Promise<Events> => {
    const { after, limit, types, project_id, ticket } = query;
    const head = lastSequence(db, workspace_id);
    if (after === now) {
      const { last_sequence = 0 } = (await head) ?? {};
      return { data: [], next_offset: offsetOf(last_sequence), up_to_date: true };
    }
    const behind = { workspace_id, sequence: after === beginning ? 0 : Number(after) };
    const [{ last_sequence = 0 } = {}, stop, rows, { role }] = await Promise.all([
      head,
      stopBehind(db, behind),
      eventsBehind(db, behind, { types, project_id, ticket }, limit),
      actor,
    ]);
    // Of a client that has seen more than there is: the database was restored from a backup.
    if (behind.sequence > last_sequence) throw new BatonError('invalid_offset');
    const sent = rows.filter(({ fits }) => fits).map(({ fits: _, ...row }) => row);
    const is_cut = sent.length < rows.length || rows.length === limit;
    const last = is_cut ? sent.at(-1)?.sequence : stop?.sequence;
    const next = last ?? last_sequence;
    const data = sent.flatMap((row) => shownTo(role, row) ?? []);
    return { data, next_offset: offsetOf(next), up_to_date: next === last_sequence };
  };

  serve.waiting(read_events, read, async ({ data, next_offset, up_to_date }, asked) => {
    if (data.length > 0 || !up_to_date) return undefined;
    const { query, workspace_id, user_id, isGone } = asked;
    const began = performance.now();
    const wait = { workspace_id, user_id, sequence: Number(next_offset), ms: query.wait * 1000, isGone };
    if (!(await waiting.forEvents(wait))) return undefined;
    // What came may be none of those that are asked for.
    const waited_s = (performance.now() - began) / 1000;
    return { ...query, after: next_offset, wait: Math.max(0, query.wait - waited_s) };
  });
}
