import { setTimeout as sleep } from 'node:timers/promises';
import { presets, type WorkflowDefinition } from '../../server/src/projects/workflow-definition.ts';
import { any_version, Wire, type WireAnswer, type WireRequest } from '../harness/wire.ts';
import { quantile } from '../prove/stage.ts';
import type { Bed } from './bed.ts';
import type { Place } from './seed.ts';
import type { Target } from './targets.ts';

/** One request that causes work on many tickets, and what writers of single tickets in the same project experienced meanwhile. */
export interface Large {
  name: string;
  says: string;
  tickets: number;
  /** The status of the response; `right` tells whether it is the expected one. */
  status: number;
  right: boolean;
  response_ms: number;
  /** The time until everything that the request causes is done. */
  done_ms: number;
  others: Others;
}

interface Others {
  writes: number;
  p50_ms: number;
  longest_ms: number;
  errors: number;
}

const writers = 2;
const alone_ms = 3_000;

/** Edits tickets of the place, each once, until it is stopped. All edits merge with any other change. */
function writeMeanwhile(target: Target, { workspace_id }: Place, ids: string[]): { stop: () => Promise<Others> } {
  const wire = new Wire(target.url, writers);
  const latencies_ms: number[] = [];
  let errors = 0;
  const told = new AbortController();
  const write = async () => {
    for (let id = ids.pop(); id !== undefined && !told.signal.aborted; id = ids.pop()) {
      const path = `/v1/workspaces/${workspace_id}/tickets/${id}`;
      const request = { method: 'PATCH', path, token: target.token, body: { title: 'Edited', version: 1 } };
      const sent = performance.now();
      const { status } = await wire.send(request).catch(() => ({ status: 0 }));
      latencies_ms.push(performance.now() - sent);
      if (status !== 200) errors++;
    }
  };
  const writing = Promise.all(Array.from({ length: writers }, write));
  const stop = async () => {
    told.abort();
    await writing;
    wire.close();
    const [p50_ms, longest_ms] = [quantile(latencies_ms, 0.5), Math.max(0, ...latencies_ms)];
    return { writes: latencies_ms.length, p50_ms, longest_ms, errors };
  };
  return { stop };
}

/** A workflow without any of the statuses that tickets are in. */
const anew: WorkflowDefinition = {
  statuses: [{ key: 'anew', name: 'Anew', category: 'todo' }],
  initial: ['anew'],
  transitions: [],
  resolutions: presets.standard.resolutions,
};

/** The tickets' workflow without one of its statuses. */
function without(status: string): WorkflowDefinition {
  const { statuses, transitions, ...rest } = presets.standard;
  return {
    ...rest,
    statuses: statuses.filter(({ key }) => key !== status),
    transitions: transitions.filter(({ from, to }) => from !== status && to !== status),
  };
}

interface Piece {
  name: string;
  says: string;
  tickets: number;
  request: WireRequest;
  right: (answer: WireAnswer) => boolean;
  /** Waits until the work that continues after the response is done. */
  settled?: () => Promise<void>;
}

async function measureOne(target: Target, place: Place, ids: string[], piece: Piece): Promise<Large> {
  const wire = new Wire(target.url, 1);
  const others = writeMeanwhile(target, place, ids);
  const start = performance.now();
  const answer = await wire.send({ ...piece.request, token: target.token });
  const response_ms = performance.now() - start;
  const right = piece.right(answer);
  if (right) await piece.settled?.();
  const done_ms = performance.now() - start;
  wire.close();
  const { name, says, tickets } = piece;
  return { name, says, tickets, status: answer.status, right, response_ms, done_ms, others: await others.stop() };
}

async function stillAssigned({ owner, leaver, leavers }: Bed): Promise<number> {
  const { rows } = await owner.query<{ tickets: number }>(
    'select count(*)::integer as tickets from tickets where workspace_id = $1 and assignee_id = $2',
    [leavers.workspace_id, leaver.user.id],
  );
  return rows[0]?.tickets ?? 0;
}

/** Waits until Baton has finished the clean-up, and checks that nothing is left. */
async function unassigned(bed: Bed, say: (text: string) => void): Promise<void> {
  const { owner, leaver, leavers } = bed;
  const query = 'select from membership_cleanups where workspace_id = $1 and user_id = $2';
  const isOpen = async () => (await owner.query(query, [leavers.workspace_id, leaver.user.id])).rowCount !== 0;
  for (let n = 1; await isOpen(); n++) {
    if (n % 50 === 0) say(`  ${(await stillAssigned(bed)).toLocaleString('en')} tickets are still assigned`);
    await sleep(100);
  }
  const left = await stillAssigned(bed);
  if (left > 0) throw new Error(`${left} tickets are still assigned to a former member.`);
}

function piecesOf({ leaver, leavers }: Bed, settled: () => Promise<void>): Piece[] {
  const { workspace_id, project_id, tickets } = leavers;
  const workspace = `/v1/workspaces/${workspace_id}`;
  const path = `${workspace}/projects/${project_id}/workflow`;
  const workflow = { method: 'PUT', path, headers: any_version };
  return [
    {
      name: 'counting stale values',
      says: 'a new workflow without any of the old statuses, and without a mapping, is refused with the numbers of their tickets',
      tickets,
      request: { ...workflow, body: anew },
      right: ({ status, text }) => status === 409 && text.includes('status_in_use'),
    },
    {
      name: 'a mapping',
      says: 'a new workflow drops one status and moves its tickets to another; no other client can change a ticket meanwhile',
      tickets: tickets / 10,
      request: { ...workflow, body: { ...without('closed'), mapping: { statuses: { closed: 'resolved' } } } },
      right: ({ status }) => status === 200,
    },
    {
      name: 'removing a member',
      says: 'the member has every ticket; the work is done when all of them are unassigned',
      tickets,
      request: { method: 'DELETE', path: `${workspace}/members/${leaver.user.id}` },
      right: ({ status }) => status === 204,
      settled,
    },
  ];
}

/** What writers of single tickets experience alone, and during each large piece of work. */
export interface LargeWork {
  alone: Others;
  pieces: Large[];
}

export async function measureLarge(target: Target, bed: Bed, say: (text: string) => void): Promise<LargeWork> {
  const { leavers } = bed;
  const { rows } = await bed.owner.query<{ id: string }>(
    `select id from tickets where workspace_id = $1 and project_id = $2 and status <> 'closed' order by random()`,
    [leavers.workspace_id, leavers.project_id],
  );
  const ids = rows.map(({ id }) => id);
  const others = writeMeanwhile(target, leavers, ids);
  await sleep(alone_ms);
  const alone = await others.stop();
  const pieces: Large[] = [];
  for (const piece of piecesOf(bed, () => unassigned(bed, say))) {
    say(`${piece.name} …`);
    pieces.push(await measureOne(target, leavers, ids, piece));
  }
  return { alone, pieces };
}
