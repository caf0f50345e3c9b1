import { setTimeout as sleep } from 'node:timers/promises';
import { type Person, registerPerson } from '../../harness/people.ts';
import { Wire } from '../../harness/wire.ts';
import { type Check, type Finding, type Run, scaled } from '../check.ts';
import { quantile, setStage } from '../stage.ts';

const in_flight = 64;
const least_reads = 5;

/** Signs in without pause, with the right password and with a wrong one. */
class Flood {
  readonly #wire: Wire;
  readonly #running: Promise<void>[];
  readonly statuses: Record<string, number> = {};
  #stopped = false;

  constructor(url: string, people: readonly Person[]) {
    this.#wire = new Wire(url, in_flight);
    this.#running = Array.from({ length: in_flight }, (_, n) => this.#signIn(people, n));
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

/** Reads one after the other, so many, but no longer than `most_ms`; gives how long each took. */
async function read(wire: Wire, token: string, { count, most_ms }: { count: number; most_ms: number }) {
  const times: number[] = [];
  const until = performance.now() + most_ms;
  while (times.length < count && (performance.now() < until || times.length < least_reads)) {
    const begun = performance.now();
    const { status } = await wire.send({ method: 'GET', path: '/v1/me', token });
    times.push(performance.now() - begun);
    if (status !== 200) throw new Error(`A read was answered ${status}.`);
  }
  return times;
}

async function flood(run: Run, size: number): Promise<Finding> {
  const judged = size >= 1;
  const bcrypt_cost = judged ? 12 : 10;
  const stage = await setStage(run, { WEB_CONCURRENCY: '2', BATON_BCRYPT_COST: String(bcrypt_cost) });
  const wire = new Wire(stage.url, 1);
  const people = await Promise.all(Array.from({ length: 8 }, () => registerPerson(stage)));
  const token = people[0]?.access_token ?? '';
  const part = { count: scaled(5000, size, 100), most_ms: judged ? 60_000 : 800 };
  await read(wire, token, { ...part, count: 100 });
  const idle = await read(wire, token, part);
  run.progress(0.5);
  const flooding = new Flood(stage.url, people);
  await sleep(judged ? 2000 : 100);
  const flooded = await read(wire, token, part);
  await flooding.stop();
  wire.close();
  const figures: Record<string, number> = {};
  for (const [name, times] of Object.entries({ idle, flooded })) {
    figures[`${name} ms p50`] = Number(quantile(times, 0.5).toFixed(2));
    figures[`${name} ms p99`] = Number(quantile(times, 0.99).toFixed(2));
  }
  const ratio = quantile(flooded, 0.99) / quantile(idle, 0.99);
  figures['p99 flooded / idle'] = Number(ratio.toFixed(2));
  const violations: string[] = [];
  // A few reads beside other work tell nothing of a factor of two, but a server that stands still shows.
  if (judged && ratio > 2) violations.push(`the p99 of reads is ${ratio.toFixed(2)} times that of an idle server`);
  const half = quantile(flooded, 0.5);
  if (half > 100 + 10 * quantile(idle, 0.5)) violations.push(`half the reads took over ${half.toFixed(0)} ms`);
  const others = Object.keys(flooding.statuses).filter((status) => !['200', '401', '503'].includes(status));
  if (others.length > 0) violations.push(`sign-ins were answered ${others.join(', ')}`);
  const logins = Object.values(flooding.statuses).reduce((sum, count) => sum + count, 0);
  return {
    load: { reads: idle.length + flooded.length, logins, in_flight, bcrypt_cost, processes: 2 },
    figures,
    violations: [...violations, ...(await stage.strike())],
  };
}

export const login_flood: Check = {
  id: 'login-flood',
  promises: ['P12', 'P22'],
  says: 'A flood of sign-ins slows no other route: the p99 of reads stays within twice that of an idle server.',
  run: flood,
  slice: 0.02,
  control_size: 0.02,
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
