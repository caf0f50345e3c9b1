import { setTimeout as sleep } from 'node:timers/promises';
import { registerPerson } from '../../harness/people.ts';
import { test_environment } from '../../harness/server.ts';
import { startServing } from '../../harness/served.ts';
import { Wire } from '../../harness/wire.ts';
import { type Check, type Finding, type Run, scaled } from '../check.ts';
import { inParallel, type Stage, setStage } from '../stage.ts';
import { forgeries, type Ingredients, mint, partsOf } from './mint.ts';

interface Key {
  kid: string;
  secret: string;
}

/** The keys of tests' servers: the newer one signs, and the older one only verifies. */
const [newer, older] = test_environment.BATON_JWT_KEYS.split(',').map((key) => {
  const [kid = '', secret = ''] = key.split(':');
  return { kid, secret };
}) as [Key, Key];
const setting = (keys: readonly Key[]) => keys.map(({ kid, secret }) => `${kid}:${secret}`).join(',');

/** Whether a token opens its person's account. */
async function opens(wire: Wire, token: string): Promise<boolean> {
  return (await wire.send({ method: 'GET', path: '/v1/me', token })).status === 200;
}

/** Checks tokens that are about to expire or have just expired. */
async function edges(wire: Wire, { token, secret }: Ingredients): Promise<string[]> {
  const { header, claims } = partsOf(token);
  const now = Math.floor(Date.now() / 1000);
  const until = (exp: number) => mint(header, { ...claims, exp }, secret);
  const found: string[] = [];
  const soon = until(now + 3);
  if (!(await opens(wire, soon))) found.push('a token was refused before its time');
  for (const exp of [now, now - 1])
    if (await opens(wire, until(exp))) found.push(`accepted ${now - exp} s after its end`);
  await sleep((now + 3) * 1000 - Date.now());
  if (await opens(wire, soon)) found.push('accepted in the second of its end');
  return found;
}

/** Checks that after the older key is removed its tokens are refused, and those of the newer key are not. */
async function rotated(stage: Stage, run: Run, from: Ingredients): Promise<string[]> {
  const { header, claims } = partsOf(from.token);
  const keys = setting([from]);
  const next = await startServing({
    database_url: stage.database.url,
    env: { BATON_JWT_KEYS: keys },
    source: run.mutant?.source,
  });
  const wire = new Wire(next.url, 1);
  const older = mint({ ...header, kid: from.other.kid }, claims, from.other.secret);
  const found: string[] = [];
  if (!(await opens(wire, from.token))) found.push('the newer key’s token is refused once the older is gone');
  if (await opens(wire, older)) found.push('the token of a key that is gone is accepted');
  wire.close();
  await next.stop();
  return found;
}

async function forge(run: Run, size: number): Promise<Finding> {
  const stage = await setStage(run);
  const wire = new Wire(stage.url, 32);
  const { access_token: token } = await registerPerson(stage);
  const from = { token, ...newer, other: older };
  const { header, claims } = partsOf(token);
  const violations: string[] = [];
  if (!(await opens(wire, mint({ ...header, kid: older.kid }, claims, older.secret)))) {
    violations.push('the older key’s token is refused while it verifies');
  }
  const forged = forgeries(from, run.random, scaled(5000, size));
  const kinds = new Set<string>();
  await inParallel(forged.length, 32, async (n) => {
    const { status, headers, text } = await wire.send({ method: 'GET', path: '/v1/me', token: forged[n] });
    kinds.add(`${status} ${headers['www-authenticate']?.toString()} ${headers['content-type']?.toString()} ${text}`);
    if (status !== 401) violations.push(`responded ${status} to ${forged[n]?.slice(0, 300)}`);
    run.progress(n / forged.length);
  });
  // The database refuses what the genuine key signed for a person without a session; the signature check refuses the rest.
  if (kinds.size > 2) violations.push(`refused in ${kinds.size} ways: ${[...kinds].slice(0, 3).join(' | ')}`);
  if (![...kinds].some((kind) => kind.includes('Bearer'))) violations.push('no WWW-Authenticate');
  const [at_the_edges, after_rotation] = await Promise.all([edges(wire, from), rotated(stage, run, from)]);
  violations.push(...at_the_edges, ...after_rotation);
  if (!(await opens(wire, token))) violations.push('the genuine token is refused in the end');
  wire.close();
  return {
    load: { forged: forged.length },
    figures: { responses: kinds.size },
    violations: [...violations, ...(await stage.strike())],
  };
}

const loosened = (find: string, replace: string) =>
  ({ source: [{ file: 'accounts/tokens.ts', find, replace }] }) as const;

export const tokens: Check = {
  id: 'tokens',
  promises: ['P13'],
  says: 'Only the genuine access token is accepted. All forgeries of it are refused with the same bytes.',
  run: forge,
  slice: 0.02,
  control_size: 0.02,
  controls: {
    'other hashes are accepted': loosened("algorithms: ['HS256']", "algorithms: ['HS256', 'HS384', 'HS512']"),
    'headers that we never write are passed over': loosened("!['alg', 'typ', 'kid'].includes(name)", 'false && name'),
    'any type of token is taken': loosened("header.typ !== 'at+jwt'", 'false'),
    'an unknown key id takes the first key': loosened(
      "this.#keys.get(header.kid ?? '')",
      'this.#keys.get(header.kid ?? "") ?? this.#signing.key',
    ),
    'issuer and audience are not looked at': loosened(', issuer, audience }', ' }'),
    'expiry is not looked at': loosened('issuer, audience }', 'issuer, audience, ignoreExpiration: true }'),
  },
};
