import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { giveTo } from '../../../server/src/db/embedded/account.ts';
import { madeDataDir } from '../../harness/installation.ts';
import { makeTeam, makeTicket } from '../../harness/make.ts';
import { noPgBouncer, type PgBouncer, startPgBouncer } from '../../harness/pgbouncer.ts';
import { debianBin, noDebian, type Postgres, roomFor, startOn, startPostgres } from '../../harness/postgres.ts';
import { freePort, startServing } from '../../harness/served.ts';
import { test_environment } from '../../harness/server.ts';
import { isAsPrinted, runAll, runnable, type Text } from '../../harness/walk.ts';
import { brokenInvariants } from '../../harness/invariants.ts';
import type { Check, Finding, Run } from '../check.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const version = 15;
const bin = debianBin(version);
const page = readFileSync(path.join(root, 'docs/operating.md'), 'utf8');
const steps = runnable(page);
const isText = (one: (typeof steps)[number]): one is Text => 'to' in one;
const passwords = { baton_owner: '0123abcd', baton_web: '4567ef01', baton_worker: '89ab2345' };

/**
 * Replaces npm's `start`, which would not return: it stops the previous server, starts one in the background and waits until it
 * is ready.
 */
const prelude = `
stop() { [ -z "$baton" ] || { kill -TERM -- -$baton; wait $baton || true; baton=; }; }
trap stop EXIT
npm() {
  if [ "$1" != start ]; then command npm "$@"; return; fi
  stop
  set -m; command npm start >>"$WORK/baton.log" 2>&1 & baton=$!; set +m
  for n in $(seq 300); do
    curl -sf -o "$WORK/ready" http://127.0.0.1:$PORT/readyz && return
    sleep 0.2
  done
  tail -c 2000 "$WORK/baton.log" >&2
}
`;

interface Places {
  work: string;
  port: number;
  postgres: Postgres;
  pooler: PgBouncer;
}

/** A command with the page's places replaced by those of this run. */
function here(command: string, { work, port, postgres, pooler }: Places): string {
  const behind = new URL(pooler.through('postgres://x@x/x')).host;
  return command
    .replaceAll('@db/', `@127.0.0.1:${postgres.port}/`)
    .replaceAll('@pgbouncer:6432/', `@${behind}/`)
    .replaceAll('http://127.0.0.1:3000', `http://127.0.0.1:${port}`)
    .replaceAll('baton.dump', `${work}/baton.dump`)
    .replaceAll('-D standby', `-D ${work}/standby`)
    .replace('.baton baton-backup', `${work}/.baton ${work}/baton-backup`)
    .replace('BATON_OWNER_PASSWORD=$(openssl rand -hex 24)', `BATON_OWNER_PASSWORD=${passwords.baton_owner}`)
    .replace('BATON_WEB_PASSWORD=$(openssl rand -hex 24)', `BATON_WEB_PASSWORD=${passwords.baton_web}`)
    .replace('BATON_WORKER_PASSWORD=$(openssl rand -hex 24)', `BATON_WORKER_PASSWORD=${passwords.baton_worker}`);
}

/** Runs the page from top to bottom. Returns which outputs differ from what is printed. */
async function walk(places: Places): Promise<{ commands: number; violations: string[] }> {
  const run = steps.filter((one) => !isText(one) || one.kind === 'input');
  const commands = run.map((one) =>
    here(isText(one) ? `${one.to} <<'END_OF_INPUT'\n${one.text}END_OF_INPUT` : one.command, places),
  );
  const { PATH = '', HOME = '' } = process.env;
  const { BATON_BCRYPT_COST: _, NODE_ENV: __, ...set } = test_environment;
  const { BATON_SECRET: ___, BATON_JWT_KEYS: ____, BATON_AUDIT_KEY: _____, ...limits } = set;
  const env = { ...limits, PATH: `${bin}:${PATH}`, HOME, PORT: String(places.port), WORK: places.work };
  const answers = await runAll(commands, { cwd: root, prelude, env: { ...env, BATON_ENV_FILE: '' } });
  const violations = run.flatMap((one, n) => {
    const answer = answers[n];
    const [said, printed] = isText(one) ? [one.to, ''] : [one.command, one.answer];
    // The last output is that of the last command that was run.
    if (answer === undefined || n >= answers.length - 1) return [`${said}: did not end well`];
    return isAsPrinted(answer, printed) || answer === printed ? [] : [`${said}: responded ${answer.slice(0, 300)}`];
  });
  return { commands: commands.length, violations };
}

/** Checks that PostgreSQL refuses owners what row-level security would falsify, as the page says. */
function refusedToOwners(port: number): string[] {
  const url = `postgres://baton_owner@127.0.0.1:${port}/baton`;
  const invariants = path.join(root, 'server/sql/invariants.sql');
  const tried: [string, string[]][] = [
    ['pg_dump', ['-d', url, '-f', '/dev/null']],
    ['psql', ['-v', 'ON_ERROR_STOP=1', '-qAt', '-d', url, '-f', invariants]],
  ];
  return tried.flatMap(([program, args]) => {
    const { status, stderr } = spawnSync(path.join(bin, program), args, { encoding: 'utf8' });
    const refused = status !== 0 && stderr.includes('row-level security policy');
    return refused ? [] : [`${program} as the owner ended with ${status}: ${stderr.slice(0, 200)}`];
  });
}

/** Serves from the standby that the page creates: writes are refused until its promotion, and then succeed without a restart. */
async function failOver(run: Run, { work, postgres }: Places): Promise<string[]> {
  const violations: string[] = [];
  const before = await startServing({ database_url: `postgres://baton_web@127.0.0.1:${postgres.port}/baton` });
  const team = await makeTeam(before, 'standard');
  const ticket = await makeTicket(team);
  await before.stop();
  await sleep(500); // asynchronous replication
  const data_dir = path.join(work, 'standby');
  const { runner, dir } = roomFor(bin);
  rmSync(dir, { recursive: true });
  giveTo(runner, data_dir);
  const standby = await startOn(bin, data_dir, runner);
  const login = `postgres://baton_web@127.0.0.1:${standby.port}/baton`;
  const served = await startServing({
    database_url: login,
    env: { LOG_LEVEL: 'silent' },
    source: run.mutant?.source,
    replace: run.mutant?.replace,
  });
  try {
    const at = `${served.url}/v1/workspaces/${team.workspace_id}/tickets/${ticket.id}/comments`;
    const headers = { authorization: `Bearer ${team.member.access_token}`, 'content-type': 'application/json' };
    const write = () => fetch(at, { method: 'POST', headers, body: '{"body":"A word."}' });
    const ready = async () => (await fetch(`${served.url}/readyz`)).status;
    const answer = await write();
    const { code } = (await answer.json()) as { code?: string };
    if (answer.status !== 503 || code !== 'database_unavailable' || answer.headers.get('retry-after') === null) {
      violations.push(`a standby gets ${answer.status} ${code}`);
    }
    if ((await ready()) !== 503) violations.push('a standby counts as ready');
    if (!served.output().includes('is a standby')) violations.push('the log does not say that it is a standby');
    const owner = new pg.Pool({ connectionString: standby.url.replace(/postgres$/, 'baton'), max: 2 });
    await owner.query('select pg_promote()');
    for (const until = Date.now() + 20_000; (await ready()) !== 200 && Date.now() < until; ) await sleep(100);
    const status = (await write()).status;
    if (status !== 201) violations.push(`after the promotion a write gets ${status}`);
    violations.push(...Object.keys(await brokenInvariants(owner)).map((name) => `invariant ${name}`));
    await owner.end();
  } finally {
    await served.stop();
    await standby.stop();
  }
  return violations;
}

async function operate(run: Run): Promise<Finding> {
  const postgres = await startPostgres(bin);
  const { dir: work } = roomFor(bin);
  const ini = steps.find((one): one is Text => isText(one) && one.to === 'pgbouncer.ini')?.text ?? '';
  const pooler = await startPgBouncer({ cluster_url: postgres.url, ini, passwords });
  const places = { work, port: await freePort(), postgres, pooler };
  try {
    await madeDataDir(path.join(work, '.baton'));
    const { commands, violations } = await walk(places);
    run.progress(0.5);
    violations.push(...refusedToOwners(postgres.port));
    violations.push(...(await failOver(run, places)));
    run.progress(0.8);
    const copy = await startServing({ env: { BATON_DATA_DIR: path.join(work, 'baton-backup') } });
    await makeTeam(copy, 'standard');
    await copy.stop();
    return { load: { commands }, figures: { postgresql: version }, violations };
  } finally {
    await pooler.stop();
    await postgres.stop();
    rmSync(work, { recursive: true, force: true });
  }
}

export const operating: Check = {
  id: 'operating',
  promises: ['P20', 'P24'],
  says: 'Every command of docs/operating.md does what the page says: three logins, PgBouncer, backup and restore, upgrade, key rotation. A standby is refused until its promotion, and then used without a restart.',
  impossible: () => noDebian(version) ?? noPgBouncer(),
  run: operate,
  slice: 0, // it needs Debian's packages and two minutes
  control_size: 1,
  controls: {
    'takes connections as they come': {
      source: [
        {
          file: 'db/pool.ts',
          find: 'return checkConnection(client, settings, options.user);',
          replace: 'return Promise.resolve();',
        },
        { file: 'db/errors.ts', find: ' || isReadOnly(error)) {', replace: ') {' },
      ],
    },
  },
};
