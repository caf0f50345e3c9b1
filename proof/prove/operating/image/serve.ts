import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { composeWith, type Service } from '../../../harness/compose.ts';
import { registerPerson, signInAgain } from '../../../harness/people.ts';
import type { Podman } from '../../../harness/podman.ts';
import { debianBin, startPostgres } from '../../../harness/postgres.ts';
import { freePort } from '../../../harness/served.ts';
import { brokenInvariants } from '../../../harness/invariants.ts';
import { type Container, Containers } from './containers.ts';

const root = path.resolve(import.meta.dirname, '../../../..');
export const version = 15;
const bin = debianBin(version);
const main = ['node', 'dist/server/src/main.js'];

/** The values of .env. The passwords contain every character that is special in a URL, a shell or compose. */
function secrets(): Record<string, string> {
  const password = () => `${randomBytes(9).toString('hex')}/:@?#%&=+ $\`"\\`;
  return {
    POSTGRES_PASSWORD: password(),
    BATON_OWNER_PASSWORD: password(),
    BATON_WEB_PASSWORD: password(),
    BATON_WORKER_PASSWORD: password(),
    BATON_SECRET: randomBytes(48).toString('base64'),
    BATON_JWT_KEYS: `k1:${randomBytes(48).toString('base64')}`,
    BATON_AUDIT_KEY: randomBytes(48).toString('base64'),
  };
}

/** Creates the database and its logins, as PostgreSQL's image does in compose, and makes PostgreSQL ask for passwords. */
async function createLogins(url: string, env: Record<string, string>): Promise<void> {
  const file = path.join(root, 'server/sql/logins.sql');
  const options = { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', ...env } } as const;
  const { status, stderr } = spawnSync(path.join(bin, 'psql'), [url, '-q', '-f', file], options);
  if (status !== 0) throw new Error(`logins.sql: ${stderr}`);
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  const { rows } = await admin.query<{ hba_file: string }>('show hba_file');
  const rules = ['host all postgres 127.0.0.1/32 trust', 'host all all 127.0.0.1/32 scram-sha-256', ''];
  writeFileSync(rows[0]?.hba_file ?? '', rules.join('\n'));
  await admin.query('select pg_reload_conf()');
  await admin.end();
}

async function becomesHealthy(container: Container): Promise<boolean> {
  for (const until = Date.now() + 180_000; Date.now() < until; await sleep(200)) {
    if (await container.isHealthy()) return true;
  }
  return false;
}

/** Registers, signs in, creates a ticket and reads it. Returns the address of the account. */
async function useIt(server: { url: string }): Promise<string> {
  const person = await registerPerson(server);
  const { client } = await signInAgain(server, person);
  const { id: workspace_id } = await client.create_workspace({ body: { name: 'Team' } });
  const project = await client.create_project({
    workspace_id,
    body: { key: 'ENG', name: 'Eng', workflow: 'standard' },
  });
  // Large enough for the thread that handles large JSON, which has its own file in the image.
  const body = { title: 'A ticket', description: 'Text. '.repeat(50_000).trim() };
  const { id } = await client.create_ticket({ workspace_id, project_id: project.id, body });
  const { title, description } = await client.get_ticket({ workspace_id, ticket: id });
  if (title !== body.title || description !== body.description) throw new Error('The ticket is not read as written.');
  const at = { workspace_id, ticket: id };
  const { id: attachment_id } = await client.add_attachment({ ...at, name: 'a.txt', body: new Blob(['Bytes']) });
  const { path: file } = await client.get_attachment_link({ ...at, attachment_id });
  if ((await (await fetch(server.url + file)).text()) !== 'Bytes') throw new Error('The file is not read as written.');
  for (const page of [
    '/docs',
    '/docs/assets/docs.js',
    '/docs/assets/swagger-ui-bundle.js',
    '/docs/errors',
    '/docs/operating',
    '/openapi.json',
  ]) {
    const { status } = await fetch(`${server.url}${page}`);
    if (status !== 200) throw new Error(`${page} gets ${status}.`);
  }
  await openConsole(server.url);
  return person.email;
}

/** Fetches the console's page, and each script and style sheet that it names. */
async function openConsole(url: string): Promise<void> {
  const page = await fetch(`${url}/signin`, { headers: { accept: 'text/html' } });
  const files = [...(await page.text()).matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, file = '']) => file);
  if (page.status !== 200 || files.length === 0)
    throw new Error(`The console responds ${page.status}, without a script.`);
  for (const file of files) {
    const { status, headers } = await fetch(url + file, { headers: { 'accept-encoding': 'br' } });
    const encoding = headers.get('content-encoding');
    if (status !== 200 || encoding !== 'br')
      throw new Error(`${file} gets ${status}, ${encoding ?? 'not compressed'}.`);
  }
}

/** Checks what the processes of the container may do, and where they can write. */
async function confinement(container: Container, { tmpfs = [], volumes = [] }: Service): Promise<string[]> {
  const violations: string[] = [];
  const { stdout } = await container.exec('sh', '-c', 'cat /proc/[0-9]*/status');
  const values = (name: string) =>
    [...stdout.matchAll(new RegExp(`^${name}:\\s+(\\w+)`, 'gm'))].map(([, value]) => value);
  const uids = values('Uid');
  if (uids.length < 3 || uids.includes('0')) violations.push(`the container runs as uid ${uids.join()}`);
  if (values('CapBnd').some((set) => Number(`0x${set}`) !== 0)) violations.push('a process may get capabilities');
  if (values('NoNewPrivs').includes('0')) violations.push('a process may gain privileges');
  const writes = async (file: string) => (await container.exec('touch', file)).status === 0;
  for (const file of ['/app/x', '/home/node/x', '/var/tmp/x'])
    if (await writes(file)) violations.push(`${file} is writable`);
  for (const at of [...tmpfs, ...volumes.flatMap((volume) => volume.split(':').slice(1, 2))])
    if (!(await writes(`${at}/x`))) violations.push(`${at} is not writable`);
  return violations;
}

/** Runs an operator's command in a container, as docs/operating.md describes. */
async function resetsPassword(containers: Containers, migrate: Service, url: string, email: string): Promise<string[]> {
  const { status, stdout, stderr } = await containers.run(migrate, [...main, 'reset-password', email]);
  if (status !== 0) return [`reset-password ended with ${status}: ${stderr.slice(0, 300)}`];
  const body = JSON.stringify({ token: stdout.trim(), new_password: randomBytes(12).toString('base64url') });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/v1/auth/reset-password`, { method: 'POST', headers, body });
  return answer.ok ? [] : [`the token of reset-password gets ${answer.status}`];
}

const seconds = (grace = '10s') => Number(/^(\d+)s$/.exec(grace)?.[1]);

async function stops(container: Container, how: string, grace_s: number): Promise<string[]> {
  const code = await container.stop(grace_s);
  return code === 0 ? [] : [`${how} it ends with ${code}: ${(await container.output()).slice(-300)}`];
}

/** Runs the worker next to the server: it must be healthy, and stop in time. */
async function works(containers: Containers, worker: Service): Promise<string[]> {
  const container = await containers.start(worker);
  const output = () => container.output();
  if (!(await becomesHealthy(container))) return [`the worker is not healthy: ${(await output()).slice(-500)}`];
  return stops(container, 'as the worker', seconds(worker.stop_grace_period));
}

/** Runs the image as compose.yaml does, with Debian's PostgreSQL. Returns what was wrong. */
export async function serveImage(podman: Podman, image: string, progress: (done: number) => void): Promise<string[]> {
  const postgres = await startPostgres(bin);
  let is_up = true;
  try {
    const env = secrets();
    await createLogins(postgres.url, env);
    const port = await freePort();
    const { migrate, baton, worker } = composeWith({ ...env, PORT: String(port) });
    if (migrate === undefined || baton === undefined || worker === undefined)
      throw new Error('compose.yaml has no such services.');
    const containers = new Containers(podman, image, postgres.port);
    const migrated = await containers.run(migrate);
    if (migrated.status !== 0 || !migrated.stdout.includes('Applied ')) {
      return [`migrate ended with ${migrated.status}: ${`${migrated.stdout}${migrated.stderr}`.slice(-300)}`];
    }
    progress(0.3);
    const container = await containers.start(baton);
    if (!(await becomesHealthy(container))) return [`it is not healthy: ${(await container.output()).slice(-500)}`];
    const url = `http://127.0.0.1:${port}`;
    const violations: string[] = [];
    const email = await useIt({ url }).catch((error: unknown) => error);
    if (typeof email !== 'string') return [`it is healthy, and can’t be used: ${String(email)}`];
    violations.push(...(await confinement(container, baton)));
    violations.push(...(await works(containers, worker)));
    violations.push(...(await resetsPassword(containers, migrate, url, email)));
    progress(0.6);
    const grace_s = seconds(baton.stop_grace_period);
    violations.push(...(await stops(container, 'under compose’s init', grace_s)));
    // Outside compose the server may be the container's first process, which ignores signals without a handler.
    const alone = await containers.start({ ...baton, init: false });
    if (!(await becomesHealthy(alone))) violations.push('without an init it is not healthy');
    progress(0.8);
    const owner = new pg.Pool({ connectionString: postgres.url.replace(/postgres$/, 'baton'), max: 1 });
    violations.push(...Object.keys(await brokenInvariants(owner)).map((name) => `invariant ${name}`));
    await owner.end();
    await postgres.stop();
    is_up = false;
    if (await alone.isHealthy()) violations.push('it is healthy without its database');
    violations.push(...(await stops(alone, 'without an init and a database', grace_s)));
    return violations;
  } finally {
    if (is_up) await postgres.stop();
  }
}
