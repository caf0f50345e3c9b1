import { setTimeout as sleep } from 'node:timers/promises';
import { type Person, registerPerson } from '../../harness/people.ts';
import { Wire } from '../../harness/wire.ts';
import { type Check, type Finding, type Run, scaled } from '../check.ts';
import { at_once_ms, quantile, setStage, slow_hashes } from '../stage.ts';

const full = { processes: 2, in_flight: 64, people: 8, settings: { WEB_CONCURRENCY: '2', BATON_BCRYPT_COST: '12' } };
// Enough to tell hashing on threads from hashing between requests. A small run judges no times, so other load doesn't matter.
const part = { processes: 1, in_flight: 16, people: 4, settings: slow_hashes };

/** Signs in without pause, in turn with the right password and a wrong one. */
class Flood {
  readonly #wire: Wire;
  readonly #running: Promise<void>[];
  readonly statuses: Record<string, number> = {};
  #stopped = false;

  constructor(url: string, people: readonly Person[], in_flight: number) {
    this.#wire = new Wire(url, in_flight);
    this.#running = Array.from({ length: in_flight }, (_, n) => this.#signIn(people, n));
  }

  get answered(): number {
    return Object.values(this.statuses).reduce((sum, count) => sum + count, 0);
  }

  async #signIn(people: readonly Person[], n: number): Promise<void> {
    for (let round = 0; !this.#stopped; round++) {
      const person = people[n % people.length];
      const password = round % 2 === 0 ? person?.password : 'not the password';
      const body = { email: person?.email, password };
      const { status } = await this.#wire.send({ method: 'POST', path: '/v1/auth/login', body });
      this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
    this.#wire.close();
  }
}

/** Sends this many reads one after the other, for a minute at most. Returns how long each took. */
async function read(wire: Wire, token: string, count: number) {
  const times: number[] = [];
  const until = performance.now() + 60_000;
  while (times.length < count && performance.now() < until) {
    const begun = performance.now();
    const { status } = await wire.send({ method: 'GET', path: '/v1/me', token });
    times.push(performance.now() - begun);
    if (status !== 200) throw new Error(`A read got ${status}.`);
  }
  return times;
}

async function flood(run: Run, size: number): Promise<Finding> {
  const judged = size >= 1;
  const { processes, in_flight, settings, people: count } = judged ? full : part;
  const stage = await setStage(run, settings);
  const wire = new Wire(stage.url, 1);
  const people = await Promise.all(Array.from({ length: count }, () => registerPerson(stage)));
  const token = people[0]?.access_token ?? '';
  const reads = scaled(5000, size, 50);
  await read(wire, token, 100);
  const idle = await read(wire, token, reads);
  run.progress(0.5);
  const flooding = new Flood(stage.url, people, in_flight);
  if (judged) await sleep(2000);
  else while (flooding.answered === 0) await sleep(1);
  const before = flooding.answered;
  const flooded = await read(wire, token, reads);
  const meanwhile = flooding.answered - before;
  await flooding.stop();
  wire.close();
  const figures: Record<string, number> = { sign_ins_meanwhile: meanwhile };
  for (const [name, times] of Object.entries({ idle, flooded })) {
    figures[`${name} ms p50`] = Number(quantile(times, 0.5).toFixed(2));
    figures[`${name} ms p99`] = Number(quantile(times, 0.99).toFixed(2));
  }
  const p99 = quantile(flooded, 0.99);
  const ratio = p99 / quantile(idle, 0.99);
  figures['p99 flooded / idle'] = Number(ratio.toFixed(2));
  const violations: string[] = [];
  if (judged && ratio > 2 && p99 > at_once_ms) {
    violations.push(`the p99 of reads is ${p99.toFixed(0)} ms, ${ratio.toFixed(2)} times that of an idle server`);
  }
  // If a read had to wait for hashes, several sign-ins would finish before it, however fast the machine is.
  if (meanwhile > flooded.length) violations.push(`${flooded.length} reads waited for ${meanwhile} sign-ins`);
  const others = Object.keys(flooding.statuses).filter((status) => !['200', '401', '503'].includes(status));
  if (others.length > 0) violations.push(`sign-ins got ${others.join(', ')}`);
  return {
    load: {
      reads: idle.length + flooded.length,
      sign_ins: flooding.answered,
      in_flight,
      bcrypt_cost: Number(settings.BATON_BCRYPT_COST),
      processes,
    },
    figures,
    violations: [...violations, ...(await stage.strike())],
  };
}

export const login_flood: Check = {
  id: 'login-flood',
  promises: ['P12', 'P22'],
  says: 'A flood of sign-ins slows no other route: the p99 of reads stays within twice that of an idle server or 100 ms.',
  run: flood,
  alone: true,
  slice: 0.01,
  control_size: 0.01,
  controls: {
    'passwords are compared between requests': {
      source: [
        {
          file: 'accounts/passwords.ts',
          find: 'bcrypt.compare(preHash(password), hash ?? nobodys(cost))',
          replace: 'Promise.resolve(bcrypt.compareSync(preHash(password), hash ?? nobodys(cost)))',
        },
      ],
    },
  },
};
