import { setTimeout as sleep } from 'node:timers/promises';
import { registerPerson } from '../../harness/people.ts';
import { metrics_token } from '../../harness/server.ts';
import { Wire } from '../../harness/wire.ts';
import { type Check, type Finding, isSlice, patienceOf, type Run, scaled } from '../check.ts';
import { quantile, setStage, type Stage } from '../stage.ts';
import { askMeanwhile } from './meanwhile.ts';
import { collectable, MemoryWatch } from './memory.ts';
import { faultsOfRefusal } from './refusal.ts';
import { beDeaf, beSlow, type Fate, type SlowClient, type SlowKind, slow_kinds } from './slow-clients.ts';

interface Limits {
  headers: number;
  request: number;
  /** How long after its limit a connection may close: the server checks every quarter of a limit, and the machine may be slow. */
  slack: number;
}

/** In ms. Thousands of clients take a while to start. */
const limitsAt = (size: number): Limits =>
  size < 0.1 ? { headers: 400, request: 800, slack: 1500 } : { headers: 2000, request: 4000, slack: 3000 };
/** How long the server lets a client read the last response before it closes the connection in any case. */
const linger_ms = 2000;
const others_bound_ms = 2000;
/** What any process of Baton may use, however many clients are slow. */
const resident_bound_mb = 512;

function faultsOfFate(
  { name, limit, statuses }: SlowKind,
  { ended_ms, ended_by, answers }: Fate,
  limits: Limits,
): string[] {
  const found = answers.flatMap(({ status, headers, text }) =>
    faultsOfRefusal({ status, content_type: headers.get('content-type'), text }),
  );
  const got = answers.map(({ status }) => status).join(' ');
  if (got !== statuses.join(' '))
    found.push(
      `responded [${got}] and not [${statuses.join(' ')}] before ${ended_by} at ${Math.round(ended_ms ?? 0)} ms`,
    );
  if (ended_ms === undefined || ended_ms > limits[limit] + limits.slack)
    found.push(`was not disconnected for ${Math.round(ended_ms ?? Number.POSITIVE_INFINITY)} ms`);
  return found.map((fault) => `a client that ${name}: ${fault}`);
}

/** The open sockets of the server's process, including those to its database. */
async function openSockets(wire: Wire): Promise<number> {
  const { text } = await wire.send({ method: 'GET', path: '/metrics', token: metrics_token });
  return Number(/^nodejs_active_resources\{type="TCPSocketWrap"\} (\d+)/m.exec(text)?.[1] ?? Number.NaN);
}

/**
 * Waits until the server has accepted all connections. It accepts one at a time. A connection that a full backlog drops comes a
 * second later, or never if the client says nothing (SYN cookies).
 */
async function allAccepted(wire: Wire): Promise<void> {
  let before = 0;
  let now = await openSockets(wire);
  while (now > before) {
    before = now;
    now = await openSockets(wire);
  }
}

interface Wave {
  stage: Stage;
  limits: Limits;
  wire: Wire;
  count: number;
  deaf: number;
}

/** Starts this many slow clients at once. The server must disconnect all of them by itself. */
async function sendWave({ stage, limits, wire, count, deaf }: Wave): Promise<string[]> {
  const port = Number(new URL(stage.url).port);
  const before = await openSockets(wire);
  // A connection that accepted some data before its timeout gets a second timeout, so twice the limit.
  const clients: SlowClient[] = Array.from({ length: deaf }, () => beDeaf(port, 2 * limits.request + limits.slack));
  const found: string[] = [];
  const fates = clients.map(async ({ fate }) => {
    if ((await fate).ended_ms === undefined)
      found.push('a client that never reads: was not disconnected within the limit');
  });
  for (let n = 0; n < count; n++) {
    const kind = slow_kinds[n % slow_kinds.length] as SlowKind;
    const client = beSlow(kind, port, limits.request + limits.slack);
    clients.push(client);
    fates.push(client.fate.then((fate) => void found.push(...faultsOfFate(kind, fate, limits))));
    if (n % 50 === 49) await allAccepted(wire);
  }
  await Promise.all(fates);
  const deadline = performance.now() + linger_ms + limits.slack;
  // One socket belongs to the client that sends requests meanwhile.
  let after = await openSockets(wire);
  while (after > before + 1 && performance.now() < deadline) {
    await sleep(100);
    after = await openSockets(wire);
  }
  if (!(after <= before + 1)) found.push(`${after} sockets are open, where ${before} were before`);
  for (const { leave } of clients) leave();
  return found;
}

async function holdOut(run: Run, size: number): Promise<Finding> {
  const patience = patienceOf(run);
  const of_size = limitsAt(size);
  const limits = { ...of_size, slack: of_size.slack * patience };
  const stage = await setStage(run, {
    ...collectable,
    BATON_HEADERS_TIMEOUT_MS: String(limits.headers),
    BATON_REQUEST_TIMEOUT_MS: String(limits.request),
    BATON_POOL_SIZE: '2',
  });
  const { access_token: token } = await registerPerson(stage);
  const wire = new Wire(stage.url, 1);
  const memory = new MemoryWatch(stage, wire);
  const stop = new AbortController();
  const asked = { url: stage.url, path: '/v1/me', token, bound_ms: others_bound_ms * patience };
  const others = askMeanwhile(asked, stop.signal);
  await sleep(200);
  // V8 and Node keep some 100 MB for the next connections after the first waves: over ten waves the heap had 57, 132, 121, 150, 160,
  // 160 and 156 MB. A leak grows with every wave.
  const warm_up = size >= 1 ? 2 : 1;
  const waves = scaled(5, size) + warm_up;
  const count = scaled(1600, size, 64);
  const deaf = scaled(16, size, 2);
  const violations: string[] = [];
  for (let n = 0; n < waves; n++) {
    violations.push(...(await sendWave({ stage, limits, wire, count, deaf })));
    if (n >= warm_up - 1) await memory.look();
    run.progress((n + 1) / waves);
  }
  stop.abort();
  const { times, faults } = await others;
  violations.push(...faults, ...(isSlice(run) ? [] : memory.faults(resident_bound_mb)));
  if (stage.child.exitCode !== null) violations.push(`the server ended: ${stage.output().slice(-300)}`);
  wire.close();
  return {
    load: { waves, slow_clients: count, deaf_clients: deaf, others: times.length },
    figures: {
      others_p50_ms: Math.round(quantile(times, 0.5)),
      others_p99_ms: Math.round(quantile(times, 0.99)),
      ...memory.figures(),
    },
    violations: [...violations, ...(await stage.strike())],
  };
}

const broken = (find: string, replace: string) => ({ source: [{ file: 'http/server.ts', find, replace }] });

export const slow: Check = {
  id: 'slow',
  promises: ['P29'],
  says: 'Thousands of clients that send nothing, send slowly, stop halfway or never read are disconnected in time, while others are served.',
  run: holdOut,
  alone: true,
  slice: 0.02,
  control_size: 0.02,
  controls: {
    'headers may take for ever': broken('headersTimeout: limits.headers_timeout_ms,', 'headersTimeout: 0,'),
    'requests may take for ever': broken('limitBody(req, limits.request_timeout_ms,', 'limitBody(req, 2_000_000_000,'),
    'responses that nobody reads are kept': broken('socket.writableLength > 0 || ', ''),
    'a refused connection is left to the client': broken('setTimeout(() => socket.destroy(), linger_ms).unref();', ''),
    'few connections are taken': broken(
      'server.maxHeadersCount = 100;',
      'server.maxHeadersCount = 100; server.maxConnections = 20;',
    ),
    'each slow client leaves two megabytes behind': broken(
      'else last_words.refuse(socket, new BatonError(codeOf(error)));',
      'else { ((globalThis as { kept?: unknown[] }).kept ??= []).push(Buffer.alloc(2e6, 1)); last_words.refuse(socket, new BatonError(codeOf(error))); }',
    ),
  },
};
