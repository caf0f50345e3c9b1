import { type Check, type Finding, type Run, scaled } from '../check.ts';
import { joinWorkspace, type Person, registerPerson } from '../../harness/people.ts';
import { quantile, setStage, two_processes } from '../stage.ts';
import { all_pairs, rules } from './actions.ts';
import { Arena } from './arena.ts';

const clients = 64;
const rounds_a_ticket = 10;
/** The limit of p99 in medians: a caller may wait for its turn on a ticket, but not until a lock times out. */
const most_medians = 5;

interface Change {
  start: number;
  end: number;
  role: string;
}

/** A person whose role changes during their calls, and when it changed. */
class Turncoat {
  readonly #changes: Change[] = [{ start: -Infinity, end: -Infinity, role: 'member' }];
  readonly person: Person;
  readonly #host: Person;
  readonly #workspace_id: string;

  constructor(host: Person, person: Person, workspace_id: string) {
    this.#host = host;
    this.person = person;
    this.#workspace_id = workspace_id;
  }

  async turn(): Promise<void> {
    const role = this.#changes.at(-1)?.role === 'member' ? 'viewer' : 'member';
    const change = { start: performance.now(), end: Infinity, role };
    this.#changes.push(change);
    const { client } = this.#host;
    await client.update_member({
      workspace_id: this.#workspace_id,
      user_id: this.person.user.id,
      if_match: '*',
      body: { role },
    });
    change.end = performance.now();
  }

  /** Every role that the person may have had at some moment of an interval. */
  roles(start: number, end: number): Set<string> {
    const settled = this.#changes.findLastIndex((change) => change.end < start);
    return new Set(
      this.#changes
        .slice(Math.max(settled, 0))
        .filter((one) => one.start <= end)
        .map(({ role }) => role),
    );
  }
}

async function race(run: Run, size: number): Promise<Finding> {
  const stage = await setStage(run, two_processes);
  const mix = { transition: 60, edit: 12, comment: 10, assign: 8, read: 4, delete: 1, restore: 5 };
  const arena = await Arena.open(stage, run, { clients, mix, cut: 0 });
  const { owner, admin, member, workspace_id } = arena.team;
  const guest = await registerPerson(stage);
  await joinWorkspace(owner, guest, workspace_id, 'member');
  const turncoat = new Turncoat(owner, guest, workspace_id);
  const rounds = scaled(400, size);
  for (let done = 0; done < rounds; ) {
    const bout = await arena.open();
    for (let round = 0; round < rounds_a_ticket && done < rounds; round++, done++) {
      const calls = Array.from({ length: clients - 1 }, (_, n) =>
        n % 8 === 0
          ? arena.act(bout, turncoat.person, (start, end) => turncoat.roles(start, end))
          : arena.act(bout, [owner, admin, member][n % 3] ?? member),
      );
      // In every other round the role changes during the calls. In the rounds between it is settled, and the next calls must
      // observe it.
      await Promise.all(round % 2 === 0 ? [...calls, turncoat.turn()] : calls);
    }
    await arena.close(bout);
    run.progress(done / rounds);
  }
  arena.leave();
  const { violations, latencies_ms, answers, pairs } = arena;
  const [p50, p99] = [quantile(latencies_ms, 0.5), quantile(latencies_ms, 0.99)];
  if (run.mutant === undefined && size >= 1 && p99 > most_medians * p50) {
    violations.push(`the p99 is ${p99.toFixed(0)} ms, the p50 ${p50.toFixed(0)}`);
  }
  const legal = [...pairs].filter((pair) => rules.steps.has(pair)).length;
  return {
    load: { rounds, clients, calls: arena.calls, processes: 2 },
    figures: {
      pairs: `${pairs.size} of ${all_pairs}, ${legal} of ${rules.steps.size} legal ones`,
      responses: Object.entries(answers)
        .map(([status, count]) => `${count} × ${status}`)
        .join(', '),
      p50_ms: p50.toFixed(1),
      p99_ms: p99.toFixed(1),
    },
    violations: [...violations, ...(await stage.strike())],
  };
}

/** Statements with the mistakes of a careless programmer. */
export const without_ticket_lock = { replace: [[' for no key update of t', '']] } as const;

/** The same statements, on a schema without the keys that would refuse the second of two writes. */
export const without_lock_or_key = {
  ...without_ticket_lock,
  ddl: ['drop index events_ticket_version', 'alter table status_history drop constraint status_history_pkey'],
} as const;

export const transitions: Check = {
  id: 'transitions',
  promises: ['P1', 'P2', 'P3', 'P6', 'P9'],
  says: 'Of conflicting transitions of one ticket, exactly the legal ones happen, one at a time. Every other caller gets the current state, and nobody gets a 5xx.',
  run: race,
  slice: 0.005,
  control_size: 0.025,
  controls: {
    'no row lock': without_ticket_lock,
    'no row lock, and no key that would notice': without_lock_or_key,
    'a viewer passes for a member': {
      replace: [
        ['select m\\.role\\s+from', "select case m.role when 'viewer' then 'member' else m.role end as role from"],
        ['m\\.role = any \\(', "case m.role when 'viewer' then 'member' else m.role end = any ("],
      ],
    },
  },
};
