import { randomBytes } from 'node:crypto';
import { type Person, registerPerson } from '../../harness/people.ts';
import { Wire, type WireAnswer, type WireRequest } from '../../harness/wire.ts';
import { type Check, type Finding, type Run, scaled } from '../check.ts';
import { inParallel, setStage } from '../stage.ts';

const limits = { address: 40, account: 10 };
const at_once = 16;

const guess = () => randomBytes(12).toString('base64url');
const signIn = (email: string, password = guess()): WireRequest => ({
  method: 'POST',
  path: '/v1/auth/login',
  body: { email, password },
});
const someone = () => `${randomBytes(8).toString('hex')}@example.com`;
const address = (n: number) => `127.${10 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`;

/** Headers that claim another source address, in every common form. */
function forged(run: Run): Record<string, string> {
  const elsewhere = Array.from({ length: 4 }, () => run.random.below(256)).join('.');
  return {
    'x-forwarded-for': elsewhere,
    'x-real-ip': elsewhere,
    forwarded: `for=${elsewhere}`,
    'x-client-ip': elsewhere,
    'true-client-ip': elsewhere,
    'cf-connecting-ip': elsewhere,
  };
}

/** An attacker in one run: counts tries, and checks how many get through. */
class Attack {
  readonly #wire: Wire;
  readonly #run: Run;
  readonly violations: string[] = [];
  tries = 0;

  constructor(wire: Wire, run: Run) {
    this.#wire = wire;
    this.#run = run;
  }

  /** Makes `count` tries, of which exactly `answered` must not be refused for the rate limit. */
  async attempt(what: string, count: number, answered: number, make: (n: number) => WireRequest): Promise<void> {
    let through = 0;
    await inParallel(count, at_once, async (n) => {
      const answer = await this.#wire.send({ headers: forged(this.#run), ...make(n) });
      this.tries++;
      if (answer.status === 429) this.#mustSayWhen(what, answer);
      else through++;
      if (![401, 409, 422, 429].includes(answer.status)) this.violations.push(`${what}: responded ${answer.status}`);
    });
    if (through !== answered) this.violations.push(`${what}: ${through} of ${count} got through, not ${answered}`);
  }

  #mustSayWhen(what: string, { headers }: WireAnswer): void {
    const seconds = Number(headers['retry-after']);
    const counters = String(headers['ratelimit']);
    if (!(seconds > 0 && seconds <= 900)) this.violations.push(`${what}: Retry-After ${seconds}`);
    if (!counters.endsWith(`;r=0;t=${seconds}`)) this.violations.push(`${what}: RateLimit ${counters}`);
  }

  async owner(person: Person, from: string, expected: number): Promise<void> {
    const { status } = await this.#wire.send({ ...signIn(person.email, person.password), from });
    if (status !== expected) this.violations.push(`the owner from ${from} got ${status}, not ${expected}`);
  }
}

async function guessOn(run: Run, size: number): Promise<Finding> {
  const stage = await setStage(run, {
    WEB_CONCURRENCY: '2',
    BATON_AUTH_LIMIT_PER_ADDRESS: String(limits.address),
    BATON_AUTH_LIMIT_PER_ACCOUNT: String(limits.account),
  });
  const wire = new Wire(stage.url, at_once);
  const attack = new Attack(wire, run);
  const [first, second] = [await registerPerson(stage), await registerPerson(stage)];
  const home = '127.1.1.1';
  await attack.owner(first, home, 200);
  const addresses = scaled(1000, size, 60);
  const one_from = { address: '127.2.2.1', other: '127.2.2.2', third: '127.2.2.3', fourth: '127.2.2.4' };
  await attack.attempt('one account from one address', 100, limits.account, () => ({
    ...signIn(second.email),
    from: one_from.address,
  }));
  await attack.attempt('any account from one address', 100, limits.address, () => ({
    ...signIn(someone()),
    from: one_from.other,
  }));
  run.progress(0.1);
  await attack.attempt('one account from many addresses', addresses * 2, limits.account, (n) => ({
    ...signIn(first.email),
    from: address(n % addresses),
  }));
  await attack.owner(first, home, 200);
  const nobody = someone();
  await attack.attempt('no account from many addresses', addresses, limits.account, (n) => ({
    ...signIn(nobody),
    from: address(n),
  }));
  run.progress(0.9);
  await attack.attempt('refresh tokens from one address', 100, limits.address, () => ({
    method: 'POST',
    path: '/v1/auth/refresh',
    body: { refresh_token: guess() },
    from: one_from.third,
  }));
  await attack.attempt('the current password from many addresses', 100, limits.account, (n) => ({
    method: 'PUT',
    path: '/v1/me/password',
    token: second.access_token,
    body: { current_password: guess(), new_password: guess() },
    from: address(n),
  }));
  await attack.attempt('sign-ups from one address', 100, limits.address, () => ({
    method: 'POST',
    path: '/v1/auth/register',
    body: { email: second.email, password: guess(), name: 'N' },
    from: one_from.fourth,
  }));
  // A malformed password can't be right, so it doesn't count as a guess.
  await attack.attempt('malformed from one address', 100, 100, () => ({
    ...signIn(second.email, ''),
    from: one_from.fourth,
  }));
  wire.close();
  return {
    load: { tries: attack.tries, addresses, processes: 2, at_once },
    figures: { let_through_per_account: limits.account, let_through_per_address: limits.address },
    violations: [...attack.violations, ...(await stage.strike())],
  };
}

const in_rate_limits = (find: string, replace: string) => ({
  source: [{ file: 'http/rate-limits.ts', find, replace }],
});

export const guessing: Check = {
  id: 'guessing',
  promises: ['P12', 'P31'],
  says: 'However many networks guess a password, all processes together let through exactly the configured number of guesses, and the owner can still sign in.',
  run: guessOn,
  slice: 0.05,
  control_size: 0.05,
  controls: {
    'the counts of each process are its own': {
      source: [
        {
          file: 'http/rate-limit-store.ts',
          find: 'update(`${kind} ${key}`)',
          replace: 'update(`${process.pid} ${kind} ${key}`)',
        },
      ],
    },
    'forwarding headers of anybody are believed': { env: { BATON_TRUST_PROXY: 'loopback' } },
    'what is refused is taken back': in_rate_limits('if (!counts(error)) await takeBack();', 'await takeBack();'),
    'networks are not known': in_rate_limits('await counters.noted(here)', 'false'),
    'the current password may be guessed': in_rate_limits('change_password: guardPassword', 'nothing: guardPassword'),
  },
};
