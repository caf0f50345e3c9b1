import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { accessOf } from '../../../server/src/access/policy.ts';
import { nonconformities } from '../../harness/conformance.ts';
import { makeTeam } from '../../harness/make.ts';
import { readBackOf, unlike } from '../../harness/read-back.ts';
import { Wire, type WireAnswer } from '../../harness/wire.ts';
import { type Check, type Finding, isNoticed, type Run, scaled } from '../check.ts';
import { inParallel, type Stage, setStage } from '../stage.ts';
import { writeJson, writeUrl } from './json-text.ts';
import { collectable, MemoryWatch } from './memory.ts';
import { faultsOfRefusal } from './refusal.ts';
import { type FuzzRequest, requestArbitraries, type Transport, type Who } from './requests.ts';

const at_once = 24;

/** The callers, and the values that they know: all of the owner's workspace. */
interface Actors {
  tokens: Record<Exclude<Who, 'nobody'>, string>;
  known: Record<string, unknown>;
}

async function makeActors(stage: Stage): Promise<Actors> {
  const { workspace_id, project_id, owner, member, viewer, stranger } = await makeTeam(stage, 'standard');
  const { client } = owner;
  const create = () => client.create_ticket({ workspace_id, project_id, body: { title: 'A ticket' } });
  const ticket = await create();
  await create();
  const { next_cursor } = await client.list_tickets({ workspace_id, limit: 1 });
  const invitation = await client.create_invitation({
    workspace_id,
    body: { email: 'guest@example.com', role: 'member' },
  });
  const comment = await client.create_comment({ workspace_id, ticket: ticket.id, body: { body: 'A comment' } });
  const bot = await client.create_bot({ workspace_id, body: { name: 'A bot' } });
  const token = await client.create_token({ workspace_id, body: { name: 'A token', scopes: ['tickets:read'] } });
  await stranger.client.create_workspace({ body: { name: 'Elsewhere' } });
  return {
    tokens: {
      owner: owner.access_token,
      member: member.access_token,
      viewer: viewer.access_token,
      stranger: stranger.access_token,
    },
    known: {
      ...{ workspace_id, project_id, ticket: ticket.key, user_id: owner.user.id, assignee_id: owner.user.id },
      ...{ comment_id: comment.id, bot_id: bot.id, token_id: token.id, sequence: 1, key: 'a-key', emoji: '👍' },
      ...{ invitation_id: invitation.id, session_id: '0198c1f2-7a30-7c4e-9a55-3f2b6d1c8e90' },
      ...{ refresh_token: owner.refresh_token, token: invitation.token, email: owner.email, password: owner.password },
      ...{ current_password: owner.password, cursor: next_cursor, version: 1, expected_version: 1, assignee: 'me' },
      ...{ to: ticket.allowed_transitions[0], status: ticket.status },
    },
  };
}

function bytesOf(text: string, transport: Transport): Buffer {
  const bytes = Buffer.from(text);
  switch (transport) {
    case 'plain':
      return bytes;
    case 'bom':
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]);
    case 'cut':
      return bytes.subarray(0, Math.floor(bytes.length / 2));
    case 'bad_utf8':
      return Buffer.concat([bytes.subarray(0, -2), Buffer.from([0xff, 0xc0, 0x80]), bytes.subarray(-2)]);
    case 'utf16':
      return Buffer.from(text, 'utf16le');
    case 'empty':
      return Buffer.alloc(0);
  }
}

interface Sendable {
  method: string;
  path: string;
  headers: Record<string, string>;
  bytes: Buffer | undefined;
}

function toSend(request: FuzzRequest, { tokens, known }: Actors): Sendable {
  const path = request.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => writeUrl(request.params[name], known));
  const query = request.query.map(([name, value]) => `${writeUrl(name, {})}=${writeUrl(value, known)}`).join('&');
  const { body } = request;
  const bytes = body === undefined ? undefined : bytesOf(writeJson(body.value, known), body.transport);
  return {
    method: request.method,
    path: (query === '' ? path : `${path}?${query}`).slice(0, 4000),
    headers: {
      ...(bytes === undefined ? {} : { 'content-type': request.content_type, 'content-length': String(bytes.length) }),
      ...(request.who === 'nobody' ? {} : { authorization: `Bearer ${tokens[request.who]}` }),
      ...(request.headers as Record<string, string>),
    },
    bytes,
  };
}

function mayAsk({ operation_id, who }: FuzzRequest): boolean {
  const access = accessOf(operation_id);
  if (access === 'public' || who === 'owner') return true;
  if (access === 'account') return who !== 'nobody';
  return who !== 'nobody' && who !== 'stranger' && access.includes(who);
}

function isUnstorable(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed();
  return typeof value === 'object' && value !== null && Object.entries(value).flat().some(isUnstorable);
}

/** Whether the parsed body contains an unstorable text. Of fields with the same name, only the last counts. */
function hasUnstorable(json: Buffer | undefined): boolean {
  try {
    return isUnstorable(JSON.parse(String(json)));
  } catch {
    return false; // refused as invalid JSON
  }
}

/** Says why the request must not be carried out; undefined if it may be. */
function breachOf(request: FuzzRequest, { bytes }: Sendable): string | undefined {
  if (request.breach !== undefined) return request.breach;
  if (!mayAsk(request)) return `coming from ${request.who}`;
  return request.body?.transport === 'plain' && hasUnstorable(bytes) ? 'text that can’t be stored' : undefined;
}

const notReady = ({ operation_id }: FuzzRequest, { status }: WireAnswer) =>
  operation_id === 'get_readyz' && status === 503;

/** What is wrong with a response, whatever the request was. */
function faultsOf(request: FuzzRequest, sent: Sendable, { status, headers, text }: WireAnswer): string[] {
  const found = faultsOfRefusal({ status, content_type: headers['content-type']?.toString(), text });
  const breach = breachOf(request, sent);
  // Load balancers send probes with whatever they add.
  if (breach !== undefined && status < 400 && request.path.startsWith('/v1/'))
    found.push(`responded ${status} in spite of ${breach}`);
  let body: unknown;
  try {
    const is_json = /[/+]json\b/.test(String(headers['content-type']));
    body = text === '' ? undefined : is_json ? JSON.parse(text) : text;
  } catch {
    return [...found, `${status} with invalid JSON: ${text.slice(0, 200)}`];
  }
  const [, query = ''] = sent.path.split('?');
  const fields = new URLSearchParams(query).get('fields');
  const plain = new Headers(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  return [...found, ...nonconformities(request.operation_id, { status, headers: plain, body }, fields)];
}

/**
 * Reads a resource back after a write and returns the fields that differ. It does so only for resources with a version: otherwise
 * changes by concurrent requests to the same ticket would look like faults.
 */
async function readBack(wire: Wire, request: FuzzRequest, sent: Sendable, answer: WireAnswer): Promise<string[]> {
  if (answer.status >= 300 || answer.text === '' || request.method.toUpperCase() === 'GET') return [];
  // The path as it was sent, because its values can be encoded in many ways.
  const names = [...request.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const [plain = ''] = sent.path.split('?');
  const values = new RegExp(`^${request.path.replaceAll(/\{\w+\}/g, '([^/]+)')}$`).exec(plain)?.slice(1) ?? [];
  const params = Object.fromEntries(names.map((name, index) => [name, values[index]]));
  const at = readBackOf(request.operation_id, params, JSON.parse(answer.text));
  if (typeof at?.written['version'] !== 'number') return [];
  const { authorization = '' } = sent.headers;
  const read = await wire.send({ method: 'GET', path: at.path, headers: { authorization } });
  return read.status === 200 ? (unlike(at, JSON.parse(read.text) as Record<string, unknown>) ?? []) : [];
}

async function fuzzIt(run: Run, size: number): Promise<Finding> {
  const part = size < 0.004;
  const batch = part ? 250 : 500;
  const stage = await setStage(run, {
    ...collectable,
    WEB_CONCURRENCY: part ? '1' : '2',
    // All requests use one ticket, so waiting for its lock on a slow machine is not a fault.
    BATON_LOCK_TIMEOUT_MS: '60000',
    BATON_STATEMENT_TIMEOUT_MS: '60000',
    // Neither is waiting for a connection.
    BATON_POOL_SIZE: String(at_once + 1),
  });
  const wire = new Wire(stage.url, at_once);
  const memory = new MemoryWatch(stage, wire);
  const { any, last, operations } = requestArbitraries();
  const count = scaled(50_000, size, batch);
  const batches = Math.ceil(count / batch);
  const look_every = Math.max(100, Math.floor(count / 400));
  const violations: string[] = [];
  const statuses: Record<string, number> = {};
  for (let nth = 0; nth < batches; nth++) {
    const seed = run.seed * 1_000_003 + nth;
    const requests = [...fc.sample(any, { seed, numRuns: batch - 10 }), ...fc.sample(last, { seed, numRuns: 10 })];
    const actors = await makeActors(stage);
    await inParallel(requests.length, at_once, async (n) => {
      const request = requests[n] as FuzzRequest;
      const sent = toSend(request, actors);
      const tell = (fault: string) => {
        const { method, path, headers, bytes } = sent;
        const shown = JSON.stringify({ ...headers, authorization: `of ${request.who}` });
        violations.push(
          `${fault}: seed ${seed} request ${n}: ${method} ${path} ${shown} ${bytes?.toString().slice(0, 500) ?? ''}`,
        );
      };
      try {
        let answer = await wire.send(sent);
        // A slow machine may not be ready for a while. The database is up, so this must pass.
        for (let more = 0; more < 8 && notReady(request, answer); more++) {
          await sleep(300);
          answer = await wire.send(sent);
        }
        const kind = `${Math.floor(answer.status / 100)}xx`;
        statuses[kind] = (statuses[kind] ?? 0) + 1;
        for (const fault of faultsOf(request, sent, answer)) tell(fault);
        for (const fault of await readBack(wire, request, sent, answer)) tell(fault);
      } catch (error) {
        tell(`no response, ${(error as Error).message}`);
      }
      if ((nth * batch + n) % look_every === 0) await memory.look();
    });
    run.progress(nth / batches);
    if (isNoticed(run, violations)) break;
  }
  violations.push(...memory.faults());
  wire.close();
  return {
    load: { requests: batches * batch, operations },
    figures: { ...statuses, ...memory.figures() },
    violations: [...violations, ...(await stage.strike())],
  };
}

const broken = (file: string, find: string, replace: string) => ({ source: [{ file, find, replace }] });

export const fuzz: Check = {
  id: 'fuzz',
  promises: ['P27', 'P29', 'P30'],
  says: 'Requests that are generated from the contract, valid and invalid in every way, never get a 5xx, and always get a response that the contract allows.',
  run: fuzzIt,
  slice: 0.005,
  control_size: 0.12,
  controls: {
    'a response has a field that is not declared': broken(
      'http/send.ts',
      'written ? value : JSON.stringify(value);',
      "written ? value : JSON.stringify(res.locals['operation'] === 'list_members' ? { ...(value as object), more: 1 } : value);",
    ),
    'bodies may have unknown fields': {
      source: [
        {
          file: 'comments/contract.ts',
          find: 'z.strictObject({ body: comment_text',
          replace: 'z.object({ body: comment_text',
        },
        {
          file: 'tickets/contract.ts',
          find: '.strictObject({\n      assignee_id',
          replace: '.object({\n      assignee_id',
        },
        { file: 'projects/contract.ts', find: 'body: z.strictObject({ name', replace: 'body: z.object({ name' },
        { file: 'accounts/contract.ts', find: 'body: z.strictObject({ name', replace: 'body: z.object({ name' },
        { file: 'workspaces/contract.ts', find: 'body: z.strictObject({ name', replace: 'body: z.object({ name' },
      ],
    },
    'texts may have a NUL': broken('lib/text.ts', "text.includes('\\0') || ", ''),
    'texts may have half a surrogate': broken('lib/text.ts', ' || !text.isWellFormed()', ''),
    'a viewer may write': {
      source: [
        { file: 'access/policy.ts', find: "= ['owner', 'admin', 'member'];", replace: '= everyone;' },
        { file: 'access/policy.ts', find: "= ['owner', 'admin'];", replace: '= everyone;' },
      ],
    },
    'a process that is ready says it isn’t': broken(
      'http/probes.ts',
      'await readiness.requireDatabase();',
      "throw new BatonError('database_unavailable', {}, { retry_after_s: 1 });",
    ),
    'a refusal tells its cause': broken(
      'http/problem.ts',
      'const problem = toProblem(error);',
      'const problem = { ...toProblem(error), stack: error.stack };',
    ),
    // For a new ticket, which no other request changes before it is read back.
    'a field is returned and not stored': {
      ...broken('tickets/queries.ts', 'const values = { ...row,', "const values = { ...row, priority: 'none',"),
      noticed_by: 'has priority',
    },
    'each request leaves 100 KB behind': {
      ...broken(
        'app.ts',
        'app.use(requestLog(log));',
        'const kept: unknown[] = []; app.use((_req, _res, next) => { kept.push(Array.from({ length: 12_500 }, (_, n) => n + 0.5)); next(); });\n  app.use(requestLog(log));',
      ),
      noticed_by: 'the heap has grown',
    },
  },
};
