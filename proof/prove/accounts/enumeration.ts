import { randomBytes } from 'node:crypto';
import { disableUser } from '../../../server/src/accounts/operator.ts';
import { registerPerson } from '../../harness/people.ts';
import { Wire, type WireAnswer } from '../../harness/wire.ts';
import { type Check, type Finding, type Run, scaled } from '../check.ts';
import { quantile, setStage, type Stage } from '../stage.ts';

const kinds = ['wrong', 'unknown', 'disabled, wrong', 'disabled, right'] as const;
type Kind = (typeof kinds)[number];
type Credentials = Record<'email' | 'password', string>;

/** The probability that a value of `left` exceeds one of `right`: 0.5 if nothing tells them apart, 0 or 1 if everything does. */
function areaUnderCurve(left: readonly number[], right: readonly number[]): number {
  const above = left.flatMap((one) => right.map((other) => (one > other ? 1 : one === other ? 0.5 : 0)));
  return above.reduce((sum: number, one) => sum + one, 0) / above.length;
}

/** What an attacker can compare: everything except the request's id, the time and the rate-limit counters. */
function visible({ status, headers, text }: WireAnswer): string {
  const { date: _date, 'x-request-id': id, ...rest } = headers;
  const kept = Object.entries(rest).filter(([name]) => !/^ratelimit/.test(name));
  return JSON.stringify([status, kept, typeof id === 'string' ? text.replaceAll(id, 'id') : text]);
}

interface Accounts {
  enabled: Credentials[];
  disabled: Credentials[];
  /** Addresses without an account: as many, so that each is tried as often and its counters are as high. */
  unknown: string[];
}

async function makeAccounts(stage: Stage, count: number): Promise<Accounts> {
  const people = await Promise.all(Array.from({ length: count * 2 }, () => registerPerson(stage)));
  const disabled = people.splice(0, count);
  for (const { email } of disabled) await disableUser(stage.database.owner, email);
  const unknown = Array.from({ length: count }, () => `${randomBytes(8).toString('hex')}@example.com`);
  return { enabled: people, disabled, unknown };
}

/** Every kind equally often, in random order. */
function shuffled(run: Run, rounds: number): Kind[] {
  return Array.from({ length: rounds }, () => {
    const left = [...kinds];
    return kinds.flatMap(() => left.splice(run.random.below(left.length), 1));
  }).flat();
}

async function listen(run: Run, size: number): Promise<Finding> {
  const judged = size >= 1;
  const bcrypt_cost = judged ? 10 : 8;
  const stage = await setStage(run, { BATON_BCRYPT_COST: String(bcrypt_cost) });
  const wire = new Wire(stage.url, 1);
  const { enabled, disabled, unknown } = await makeAccounts(stage, judged ? 20 : 5);
  const credentials = (kind: Kind): Credentials => {
    const wrong = { password: randomBytes(12).toString('base64url') };
    if (kind === 'unknown') return { email: run.random.pick(unknown), ...wrong };
    const { email, password } = run.random.pick(kind === 'wrong' ? enabled : disabled);
    return kind === 'disabled, right' ? { email, password } : { email, ...wrong };
  };
  const times: Record<Kind, number[]> = { wrong: [], unknown: [], 'disabled, wrong': [], 'disabled, right': [] };
  const answers = new Map<string, Kind>();
  const rounds = scaled(600, size, 20);
  for (const [n, kind] of shuffled(run, rounds).entries()) {
    const body = credentials(kind);
    const begun = performance.now();
    const answer = await wire.send({ method: 'POST', path: '/v1/auth/login', body });
    times[kind].push(performance.now() - begun);
    answers.set(visible(answer), kind);
    run.progress(n / (rounds * kinds.length));
  }
  wire.close();
  const violations: string[] = [];
  if (answers.size !== 1) violations.push(`responses differ: ${JSON.stringify([...answers].slice(0, 3))}`);
  if (![...answers.keys()].every((text) => text.startsWith('[401,'))) violations.push('not refused with 401');
  const figures: Record<string, number> = {};
  // Few samples scatter. A small run reports only a gross difference, which 20 samples of a kind show by chance once in 20,000
  // runs.
  const bar = judged ? 0.55 : 0.9;
  for (const kind of kinds) {
    figures[`ms p50 ${kind}`] = Number(quantile(times[kind], 0.5).toFixed(2));
    if (kind === 'wrong') continue;
    const area = areaUnderCurve(times[kind], times.wrong);
    figures[`AUC ${kind}`] = Number(area.toFixed(3));
    if (Math.max(area, 1 - area) > bar) violations.push(`the time tells ${kind} from wrong: AUC ${area.toFixed(3)}`);
  }
  const load = { logins: rounds * kinds.length, of_each_kind: rounds, bcrypt_cost };
  return { load, figures, violations: [...violations, ...(await stage.strike())] };
}

export const enumeration: Check = {
  id: 'enumeration',
  promises: ['P12'],
  says: 'Neither the bytes nor the time of a refused sign-in reveal whether the account exists or is disabled.',
  run: listen,
  alone: true,
  slice: 0.02,
  control_size: 0.02,
  controls: {
    'an unknown account is refused at once': {
      source: [
        {
          file: 'accounts/sign-in.ts',
          find: '// As many statements',
          replace: "if (found === undefined) throw new BatonError('invalid_credentials');\n  // As many statements",
        },
      ],
    },
    'an unknown account gets another response': {
      source: [
        {
          file: 'accounts/sign-in.ts',
          find: "request, 'sign_in_failed'));\n    throw new BatonError('invalid_credentials');",
          replace:
            "request, 'sign_in_failed'));\n    throw new BatonError(found === undefined ? 'not_found' : 'invalid_credentials');",
        },
      ],
    },
  },
};
