import { type Check, type Finding, type Run, scaled } from '../check.ts';
import { inParallel, quantile, setStage, two_processes } from '../stage.ts';
import { Arena, type Bout } from './arena.ts';
import { without_lock_or_key } from './transitions.ts';

const clients = 64;
const many_tickets = 24;
const few_tickets = 6; // fewer, so that a partial load has as many conflicts
const calls_a_ticket = 2000;

async function record(run: Run, size: number): Promise<Finding> {
  const stage = await setStage(run, two_processes);
  const mix = { read: 96, transition: 22, edit: 14, assign: 10, comment: 8, delete: 2, restore: 8 };
  const arena = await Arena.open(stage, run, { clients, mix, cut: 0.01 });
  const { owner, admin, member } = arena.team;
  const people = [owner, admin, member];
  const calls = scaled(80_000, size);
  const tickets_at_once = size < 0.01 ? few_tickets : many_tickets;
  const bouts = await Promise.all(Array.from({ length: tickets_at_once }, () => arena.open()));
  const closing: Promise<void>[] = [];
  const replace = async (slot: number, old: Bout) => {
    const fresh = await arena.open();
    if (bouts[slot] !== old) return; // another client was first
    bouts[slot] = fresh;
    closing.push(arena.close(old));
  };
  await inParallel(calls, clients, async (n) => {
    const slot = run.random.below(tickets_at_once);
    const bout = bouts[slot];
    if (bout === undefined) return;
    await arena.act(bout, people[n % 3] ?? member);
    if (bout.operations.length >= calls_a_ticket) await replace(slot, bout);
    if (n % 500 === 0) run.progress(n / calls);
  });
  await Promise.all([...closing, ...bouts.map((bout) => arena.close(bout))]);
  arena.leave();
  const { violations, latencies_ms, answers } = arena;
  const answered = Object.values(answers).reduce((sum, count) => sum + count, 0);
  return {
    load: { calls: arena.calls, clients, tickets_at_once, processes: 2 },
    figures: {
      unknown_outcomes: calls - answered,
      p50_ms: quantile(latencies_ms, 0.5).toFixed(1),
      p99_ms: quantile(latencies_ms, 0.99).toFixed(1),
    },
    violations: [...violations, ...(await stage.strike())],
  };
}

export const linearizability: Check = {
  id: 'linearizability',
  promises: ['P1', 'P3'],
  says: 'Each ticket is linearizable: one order of single transitions explains every response, including those that were lost.',
  run: record,
  slice: 0.0125,
  control_size: 0.00625,
  controls: { 'no row lock, and no key that would notice': without_lock_or_key },
};
