import { registerPerson } from '../../harness/people.ts';
import { Wire } from '../../harness/wire.ts';
import { type Check, type Finding, isSlice, patienceOf, type Run, scaled } from '../check.ts';
import { inParallel, quantile, setStage, type Stage } from '../stage.ts';
import { bomb_kinds } from './bomb-kinds.ts';
import { askMeanwhile } from './meanwhile.ts';
import { collectable, MemoryWatch } from './memory.ts';
import { exchange } from './raw.ts';
import { faultsOfRefusal } from './refusal.ts';

/** A body that takes longer than this on the slowest machine is a bomb. The largest bodies take a tenth of it on two cores. */
const bound_ms = 4000;
/** Other clients must get their responses within this time, whatever is being refused meanwhile. */
const others_bound_ms = 3000;
const max_answer = 64 * 2 ** 10;
const at_once = 4;
/** This many violations end the load: where it fails, each takes long. */
const enough = 3;

/** Allows as many bytes as the load sends: with the default per account and hour, the server would refuse most bombs unread. */
const unbounded = { BATON_WRITE_MIB_PER_HOUR: '1000000', BATON_BODY_MEMORY_MIB: '256' };

interface Target {
  method: string;
  path: string;
  limit: number;
}

interface Arena {
  patience: number;
  stage: Stage;
  token: string;
  targets: readonly Target[];
}

async function setArena(run: Run): Promise<Arena> {
  const stage = await setStage(run, { ...collectable, ...unbounded });
  const { client, access_token: token } = await registerPerson(stage);
  const { id } = await client.create_workspace({ body: { name: 'Bombs' } });
  const body = { key: 'ENG', name: 'Eng', workflow: 'strict' } as const;
  const project = `/v1/workspaces/${id}/projects/${(await client.create_project({ workspace_id: id, body })).id}`;
  const targets = [
    { method: 'POST', path: `${project}/tickets`, limit: 6 * 2 ** 20 },
    { method: 'PUT', path: `${project}/workflow`, limit: 2 ** 20 },
    { method: 'POST', path: '/v1/auth/login', limit: 16 * 2 ** 10 },
  ];
  return { patience: patienceOf(run), stage, token, targets };
}

interface Bomb {
  name: string;
  target: Target;
  bomb: Buffer;
  /** Deeper than 32 levels, or with more than 25,000 values. */
  beyond: boolean;
}

const isBeyond = (json: string) => /^\W*(?:"\w+":)?(?:\[|\{"\w*":){33}/.test(json) || json.split(',').length > 25_000;

/**
 * Builds at most this many bombs, each kind for each target once. It does so before the load, whose times building them would
 * distort.
 */
function makeBombs(targets: readonly Target[], count: number): Bomb[] {
  const each = Object.entries(bomb_kinds).flatMap(([name, make]) => targets.map((target) => ({ name, make, target })));
  // A stride that shares no factor with the number of bombs, so that any part of them is a mixture.
  const chosen = Array.from({ length: Math.min(count, each.length) }, (_, n) => each[(n * 29) % each.length]);
  return chosen.flatMap((one) => {
    if (one === undefined) return [];
    const json = one.make(one.target.limit);
    return [{ ...one, bomb: Buffer.from(json), beyond: isBeyond(json) }];
  });
}

type Shot = Target & { bytes: Buffer; chunked: boolean; beyond: boolean };

async function send(wire: Wire, token: string, shot: Shot, within_ms: number): Promise<string[]> {
  const { method, path, limit, bytes, chunked, beyond } = shot;
  const framing: Record<string, string> = chunked
    ? { 'transfer-encoding': 'chunked' }
    : { 'content-length': String(bytes.length) };
  const headers = { 'content-type': 'application/json', ...framing };
  const started = performance.now();
  try {
    const {
      status,
      headers: answered,
      text,
    } = await wire.send({
      ...{ method, path, token, headers, bytes },
      abort_after_ms: 3 * within_ms,
    });
    const took = performance.now() - started;
    const found = faultsOfRefusal({ status, content_type: answered['content-type']?.toString(), text });
    if (status < 400) found.push(`responded ${status}`);
    // The server only learns the length of a chunked body as it arrives; by then the room for bodies may be used up.
    const refusals = chunked ? [413, 429] : [413];
    if (bytes.length > limit && !refusals.includes(status)) found.push(`responded ${status} beyond the limit`);
    if (beyond && !refusals.includes(status))
      found.push(`responded ${status} to a body deeper or wider than any contract`);
    if (text.length > max_answer) found.push(`responded with ${text.length} bytes`);
    if (took > within_ms) found.push(`responded after ${Math.round(took)} ms`);
    return found;
  } catch (error) {
    return [`no response, ${(error as Error).message}`];
  }
}

/** Announces the length of a body and never sends it: one that is too long must be refused by its length alone. */
async function announce({ patience, stage, token, targets }: Arena): Promise<string[]> {
  const port = Number(new URL(stage.url).port);
  const found: string[] = [];
  for (const { method, path, limit } of targets) {
    for (const length of [limit + 1, 1e9, Number.MAX_SAFE_INTEGER]) {
      const head = `${method} ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n`;
      const parts = [`${head}Content-Length: ${length}\r\n\r\n`];
      const { answers } = await exchange({ port, parts, answers: 1, within_ms: 1000 * patience });
      const got = answers.map(({ status }) => status).join(' ');
      if (got !== '413') found.push(`${length} bytes announced to ${path.split('/').at(-1)}: responded [${got}]`);
    }
  }
  return found;
}

async function explode(run: Run, size: number): Promise<Finding> {
  const arena = await setArena(run);
  const { patience, stage, token, targets } = arena;
  const wire = new Wire(stage.url, at_once);
  const aside = new Wire(stage.url, 1);
  const memory = new MemoryWatch(stage, aside);
  const violations = await announce(arena);
  const kinds = Object.keys(bomb_kinds).length;
  const count = scaled(12 * kinds * targets.length, size);
  const all = makeBombs(targets, count);
  const stop = new AbortController();
  const asked = { url: stage.url, path: '/livez', token: undefined, bound_ms: others_bound_ms * patience };
  const others = askMeanwhile(asked, stop.signal);
  await inParallel(count, at_once, async (n) => {
    if (violations.length >= enough) return;
    const { name, bomb, target, beyond } = all[n % all.length] as (typeof all)[number];
    const chunked = Math.floor(n / all.length) % 2 === 1;
    // At the limit, and one byte over it.
    for (const bytes of [bomb, Buffer.concat([bomb, Buffer.alloc(target.limit + 1 - bomb.length, ' ')])]) {
      const found = await send(wire, token, { ...target, bytes, chunked, beyond }, bound_ms * patience);
      const what = `${name}, ${bytes.length} bytes${chunked ? ' in chunks' : ''} to ${target.path.split('/').at(-1)}`;
      violations.push(...found.map((fault) => `${what}: ${fault}`));
    }
    if (n % 8 === 0) await memory.look();
    run.progress(n / count);
  });
  stop.abort();
  const { times, faults } = await others;
  violations.push(...faults, ...(isSlice(run) ? [] : memory.faults()));
  if (stage.child.exitCode !== null) violations.push(`the server ended: ${stage.output().slice(-300)}`);
  wire.close();
  aside.close();
  return {
    load: { kinds, bodies: 2 * count, others: times.length },
    figures: {
      others_p99_ms: Math.round(quantile(times, 0.99)),
      others_slowest_ms: Math.round(quantile(times, 1)),
      ...memory.figures(),
    },
    violations: [...violations, ...(await stage.strike())],
  };
}

const broken = (file: string, find: string, replace: string) => ({ source: [{ file, find, replace }] });

export const bombs: Check = {
  id: 'bombs',
  promises: ['P29'],
  says: 'Bodies that are built to cost more than their size are refused at and beyond their limit, quickly, with a short response, and at no cost to other clients.',
  run: explode,
  alone: true,
  slice: 0.02,
  control_size: 0.1,
  controls: {
    'every fault is told': broken('http/faults.ts', 'const max_faults = 100;', 'const max_faults = 1e9;'),
    'faults repeat what was sent': broken('http/faults.ts', 'const max_place = 256;', 'const max_place = 1e9;'),
    'bodies have no limit': broken('http/body.ts', 'if (length > this.#limit) throw', 'if (length > 1e9) throw'),
    'depth and width have no bounds': {
      source: [
        { file: 'http/body-json.ts', find: 'const names = requireBounded(bytes);', replace: '' },
        { file: 'http/body-json.ts', find: 'requireDistinctNames(value, names);', replace: '' },
      ],
    },
    'a body too large is read to its end first': broken(
      'http/body.ts',
      'if (given !== undefined) body.requireWithin(announced);',
      '',
    ),
    'bodies are kept': broken(
      'http/body.ts',
      'const bytes = body.bytes();',
      'const bytes = body.bytes(); ((globalThis as { kept?: unknown[] }).kept ??= []).push(Buffer.from(bytes));',
    ),
  },
};
