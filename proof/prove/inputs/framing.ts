import { connect } from 'node:net';
import type { Random } from '../random.ts';
import { type Check, type Finding, type Run, scaled } from '../check.ts';
import { inParallel, setStage, type Stage } from '../stage.ts';
import { bounded_cases, fatal_cases, type FramingCase } from './framing-cases.ts';
import { exchange, type RawAnswer } from './raw.ts';
import { faultsOfRefusal } from './refusal.ts';

const follower = 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n';
const within_ms = 4000;

/** A request that registers an account, which an attacker would hide behind another request. */
function smuggled(email: string): string {
  const body = JSON.stringify({ email, password: 'correct horse battery', name: 'Smuggled' });
  const head = 'POST /v1/auth/register HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
  return `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
}

/** Cuts bytes at random places, so that over the rounds every part of a request arrives split. */
function cut(bytes: string, random: Random): string[] {
  const at = Array.from({ length: 1 + random.below(3) }, () => random.below(bytes.length)).toSorted((a, b) => a - b);
  return [0, ...at].map((from, n) => bytes.slice(from, at[n])).filter((part) => part !== '');
}

const faultsOf = (answers: readonly RawAnswer[]) =>
  answers.flatMap(({ status, headers, text }) =>
    faultsOfRefusal({ status, content_type: headers.get('content-type'), text }),
  );

interface Setting {
  stage: Stage;
  port: number;
  round: number;
  run: Run;
}

/** Sends a case on one connection. Behind it comes a request that must not be carried out, or one that must be served. */
async function tryCase({ name, bytes, statuses }: FramingCase, fatal: boolean, setting: Setting): Promise<string[]> {
  const { port, round, run } = setting;
  const email = `${round}-${fatal_cases.findIndex((one) => one.name === name)}@smuggled.example.com`;
  const all = bytes + (fatal ? smuggled(email) : follower);
  const expected = fatal ? statuses : [...statuses, 200];
  const { answers, rest, closed } = await exchange({
    port,
    parts: round === 0 ? [all] : cut(all, run.random),
    answers: fatal ? Number.POSITIVE_INFINITY : expected.length,
    within_ms,
  });
  const found = faultsOf(answers);
  const got = answers.map(({ status }) => status).join(' ');
  if (got !== expected.join(' ')) found.push(`responded [${got}] and not [${expected.join(' ')}]`);
  if (rest !== '') found.push(`sent ${JSON.stringify(rest.slice(0, 100))}`);
  if (fatal && !closed) found.push('the connection stays open');
  return found.map((fault) => `${name}, round ${round}: ${fault}`);
}

/** Makes connections that Node hands over to the application, and resets them as soon as the server responds. */
async function resetHandedOver(port: number, count: number): Promise<void> {
  await inParallel(count, 8, (n) => {
    const request =
      n % 2 === 0
        ? 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n'
        : 'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n';
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(request, () => socket.resetAndDestroy()));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve());
    });
  });
}

async function smuggledAccounts({ database }: Stage): Promise<string[]> {
  const { rows } = await database.owner.query<{ email: string }>(
    "select email from users where email like '%@smuggled.example.com'",
  );
  return rows.map(({ email }) => {
    const name = fatal_cases[Number(/-(\d+)@/.exec(email)?.[1])]?.name;
    return `${name}: the request smuggled behind it was carried out`;
  });
}

async function frame(run: Run, size: number): Promise<Finding> {
  const stage = await setStage(run);
  const port = Number(new URL(stage.url).port);
  const cases = [
    ...fatal_cases.map((one) => ({ one, fatal: true })),
    ...bounded_cases.map((one) => ({ one, fatal: false })),
  ];
  const rounds = scaled(60, size);
  const violations: string[] = [];
  await inParallel(rounds * cases.length, 24, async (n) => {
    const { one, fatal } = cases[n % cases.length] as (typeof cases)[number];
    const setting = { stage, port, round: Math.floor(n / cases.length), run };
    violations.push(...(await tryCase(one, fatal, setting)));
    run.progress(n / (rounds * cases.length));
  });
  const resets = scaled(2000, size, 100);
  await resetHandedOver(port, resets);
  if (stage.child.exitCode !== null) violations.push(`The server ended: ${stage.output().slice(-500)}`);
  else {
    const { answers } = await exchange({ port, parts: [follower], answers: 1, within_ms });
    if (answers[0]?.status !== 200) violations.push('The server no longer serves after connections were reset.');
  }
  violations.push(...(await smuggledAccounts(stage)));
  return {
    load: { cases: cases.length, connections: rounds * cases.length, resets },
    figures: {},
    violations: [...violations, ...(await stage.strike())],
  };
}

const broken = (file: string, find: string, replace: string) => ({ source: [{ file, find, replace }] });

export const framing: Check = {
  id: 'framing',
  promises: ['P26'],
  says: 'Whatever bytes arrive, each malformed request gets a 4xx problem in its turn, or the connection is closed. A request that is smuggled behind it is never done.',
  run: frame,
  slice: 0.02,
  control_size: 0.02,
  controls: {
    'faults of framing are let pass': broken(
      'http/server.ts',
      "if (hasTwice(req.rawHeaders)) return 'malformed_request';",
      '',
    ),
    'the parser is a lenient one': { env: { NODE_OPTIONS: '--insecure-http-parser' } },
    'Express responds to errors': broken('app.ts', 'app.use(problemHandler({ ...sending, log }, hold_back));', ''),
    'a refusal overtakes the responses before it': broken(
      'http/server.ts',
      'if (last === undefined) end();',
      'if (last !== null) end();',
    ),
    'what is hidden behind is carried out': broken(
      'http/server.ts',
      'return !this.#refused.has(socket);',
      'return true;',
    ),
    'a reset connection ends the process': broken('http/server.ts', "socket.on('error', () => socket.destroy());", ''),
  },
};
