import { setTimeout as sleep } from 'node:timers/promises';
import { registerPerson } from '../../harness/people.ts';
import { type Served, startServed } from '../../harness/served.ts';
import { Wire } from '../../harness/wire.ts';
import { type Check, type Finding, type Mutant, type Run, scaled } from '../check.ts';
import { inParallel, type Stage, servingOn, setStage } from '../stage.ts';

const limit = 5;
const lanes = 16;
/** Longer than a pass and the pause after it. */
const pass_ms = 2_500;

/** Removes what has ended as soon as allowed. */
const eager = {
  BATON_UPKEEP_INTERVAL_S: '1',
  BATON_SESSION_RETENTION_S: '900',
  BATON_PASSWORD_RESET_RETENTION_S: '0',
  BATON_INVITATION_RETENTION_S: '0',
};
const limits = { BATON_AUTH_LIMIT_PER_ACCOUNT: String(limit), BATON_REFUSAL_DELAY_MS: '0' };

interface Tokens {
  access_token: string;
  refresh_token: string;
}

/** Runs `work` processes in addition to the server's own worker; every second or so one is killed and replaced. */
async function besides(stage: Stage, { random, mutant }: Run): Promise<{ end: () => Promise<number> }> {
  const start = () => startServed({ ...servingOn(stage.database, mutant, eager), verb: 'work' });
  const workers: Served[] = [await start(), await start()];
  const over = new AbortController();
  let kills = 0;
  const killing = (async () => {
    while (!over.signal.aborted) {
      await sleep(700 + random.below(1_000), undefined, { signal: over.signal }).catch(() => undefined);
      if (over.signal.aborted) return;
      const [victim] = workers.splice(random.below(workers.length), 1);
      victim?.child.kill('SIGKILL');
      kills++;
      workers.push(await start());
    }
  })();
  return {
    end: async () => {
      over.abort();
      await killing;
      await Promise.all(workers.map((worker) => worker.stop()));
      return kills;
    },
  };
}

/** Plays the life of one account: what has ended is removed, and what has not must still work. */
async function live(stage: Stage, wire: Wire, say: (what: string) => void): Promise<void> {
  const { owner } = stage.database;
  const { email, password, user } = await registerPerson(stage);
  const login = (secret: string, address = email) =>
    wire.send({ method: 'POST', path: '/v1/auth/login', body: { email: address, password: secret } });
  const refresh = (refresh_token: string) =>
    wire.send({ method: 'POST', path: '/v1/auth/refresh', body: { refresh_token } });
  const me = async (token: string) => (await wire.send({ method: 'GET', path: '/v1/me', token })).status;
  const signIn = async () => JSON.parse((await login(password)).text) as Tokens;

  // A session that lasts long, one whose first token is stolen, and one that has ended.
  const [kept, stolen, ended] = [await signIn(), await signIn(), await signIn()];
  let { refresh_token } = kept;
  for (let n = 0; n < 3; n++) ({ refresh_token } = JSON.parse((await refresh(refresh_token)).text) as Tokens);
  await refresh(stolen.refresh_token);
  await wire.send({ method: 'POST', path: '/v1/auth/logout', token: ended.access_token });
  // Ages them in the database: the tokens were spent a year ago, and the sessions ended a day ago.
  await owner.query(
    `update refresh_tokens set spent_at = spent_at - interval '365 days', created_at = created_at - interval '365 days'
     where user_id = $1 and spent_at is not null`,
    [user.id],
  );
  await owner.query(
    `update sessions set revoked_at = revoked_at - interval '1 day', expires_at = expires_at - interval '60 days'
     where user_id = $1 and revoked_at is not null`,
    [user.id],
  );
  const guessed = `guessed-${email}`;
  for (let n = 0; n < limit; n++) {
    const { status } = await login('not the password', guessed);
    if (status !== 401) say(`guess ${n + 1} of ${limit} gets ${status}`);
  }
  await sleep(pass_ms);
  if ((await login('not the password', guessed)).status !== 429) say('a limit forgets what it has counted');
  if ((await me(kept.access_token)) !== 200) say('a live session has ended');
  if ((await refresh(refresh_token)).status !== 200) say('a live refresh token is refused');
  if ((await me(ended.access_token)) !== 401) say('an ended session lives');
  const late = (await refresh(stolen.refresh_token)).status;
  if (late !== 401 || (await me(stolen.access_token)) !== 401) say('a spent token used late leaves its session alive');
}

/** What has ended and still exists after the workers have had time to remove it. */
async function leftovers({ database }: Stage): Promise<string[]> {
  const count = async () => {
    const { rows } = await database.owner.query<{ n: number }>(
      `select count(*)::int as n from sessions where least(revoked_at, expires_at) < now() - interval '15 minutes'`,
    );
    return rows[0]?.n ?? 0;
  };
  let left = await count();
  for (const until = Date.now() + 20_000; left > 0 && Date.now() < until; left = await count()) await sleep(200);
  return left === 0 ? [] : [`ended sessions are left: ${left}`];
}

async function keepUp(run: Run, size: number): Promise<Finding> {
  const stage = await setStage(run, { ...eager, ...limits });
  const wire = new Wire(stage.url, lanes);
  const others = await besides(stage, run);
  const accounts = scaled(320, size, lanes);
  const violations = new Set<string>();
  let done = 0;
  await inParallel(accounts, lanes, async () => {
    await live(stage, wire, (what) => violations.add(what));
    run.progress(++done / accounts);
  });
  const left = await leftovers(stage);
  wire.close();
  const kills = await others.end();
  return {
    load: { accounts, workers_killed: kills },
    figures: {},
    violations: [...violations, ...left, ...(await stage.strike())],
  };
}

/** A build without the worker's row-level security policies, which would otherwise prevent the harm. */
const unwalled = (table: string, find: string, replace: string, noticed_by: string): Mutant => ({
  ddl: [
    `drop policy worker_deletes on ${table}`,
    `drop policy worker on ${table}`,
    `create policy worker on ${table} to baton_worker using (true) with check (true)`,
    `grant select on ${table} to baton_worker`,
  ],
  replace: [[find, replace]],
  noticed_by,
});

export const upkeep: Check = {
  id: 'upkeep',
  promises: ['P13', 'P31'],
  says: 'While workers remove expired rows, and are killed meanwhile, clients notice nothing: sessions continue, a used refresh token that is sent a year later ends its session, and limits keep counting. In the end no expired row is left.',
  run: keepUp,
  slice: 0, // server/src/upkeep/upkeep.test.ts covers it
  control_size: 0.1,
  controls: {
    'spent tokens of live sessions are removed': unwalled(
      'refresh_tokens',
      'from ended e\\s+join refresh_tokens t on t.user_id = e.user_id and t.session_id = e.id',
      'from refresh_tokens t where t.spent_at is not null and (select count(*) from ended) >= 0',
      'a spent token used late leaves its session alive',
    ),
    'counters are removed in their window': unwalled(
      'rate_limits',
      "r.resets_at < now\\(\\) - interval '1 minute'",
      'r.hits > 0',
      'a limit forgets what it has counted',
    ),
    'ended sessions are not looked for': {
      replace: [
        [
          'least\\(s.revoked_at, s.expires_at\\) < now\\(\\) - (\\$\\d+)',
          'least(s.revoked_at, s.expires_at) < now() - 100000 * $1',
        ],
      ],
      noticed_by: 'ended sessions are left',
    },
  },
};
