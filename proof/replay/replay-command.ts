import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { brokenInvariants, invariants } from '../harness/invariants.ts';
import { requireServer, serverUrl, UsageError, wholeNumber } from './command.ts';
import { derive } from '../../server/src/importing/derive.ts';
import { readSource } from '../../server/src/importing/history.ts';
import { type OwnServer, startOwnServer } from './own-server.ts';
import { progressBar } from './progress.ts';
import { replay } from './replay.ts';
import { Report } from '../../server/src/importing/report.ts';
import { summarize } from './summary.ts';

const sample = path.resolve(import.meta.dirname, 'sample/jqueryui-replay.ndjson.gz');

const usage = `Usage: npm run replay -- [FILE-replay.ndjson[.gz]] [options]

Plays real tickets through a server and compares the result with the source.
Without a file, it plays a sample of 200 tickets.

  --url URL            a running server; by default the replay starts one
  --clients N          concurrent clients, 1 to 256 (32)
  --limit-tickets N    only the first N tickets
  --keep               keep the started server's data
  --dry-run            only print what would be done`;

interface Options {
  file: string;
  url: string | undefined;
  clients: number;
  limit_tickets: number | undefined;
  keep: boolean;
}

/** Checks the invariants on the server's database. Returns those that don't hold. */
async function lookAtInvariants(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const broken = await brokenInvariants(client);
  await client.end();
  return Object.entries(broken).map(([name, rows]) => `${name}: ${JSON.stringify(rows)}`);
}

async function dryRun(file: string): Promise<void> {
  const report = new Report();
  const source = await readSource(file, report);
  for (const line of await summarize(source, derive([...source.histories.values()]), report)) console.log(line);
}

let own: OwnServer | undefined;

async function run({ file, url, clients, limit_tickets, keep }: Options): Promise<void> {
  await readSource(file, new Report()); // reports what is wrong with the file before it starts anything
  if (url === undefined) own = await startOwnServer({ keep });
  await (url === undefined ? own?.ready : requireServer(url));
  const base_url = url ?? own?.base_url ?? '';
  const result = await replay({ file, base_url, clients, limit_tickets, progress: progressBar() });
  const { measure, report, faults, refusals } = result;
  console.log(
    `\n${result.operations} operations in ${result.seconds.toFixed(1)} s: ${result.operations_s.toFixed(0)} operations/s, ` +
      `${result.calls_s.toFixed(0)} calls/s, ${clients} clients`,
  );
  for (const line of [...measure.lines(), '', ...report.lines(), '']) console.log(line);
  const broken = own === undefined ? [] : await lookAtInvariants(own.databaseUrl());
  const verdict = (text: string, found: readonly string[]) => {
    console.log(`${found.length === 0 ? 'ok    ' : 'FAILED'} ${text}`);
    for (const one of found.slice(0, 20)) console.log(`       ${one.slice(0, 500)}`);
    if (found.length > 20) console.log(`       and ${found.length - 20} more`);
    if (found.length > 0) process.exitCode = 1;
  };
  verdict(`calls refused: ${refusals.length}`, refusals);
  verdict(
    `${result.compared} of ${result.tickets} tickets compared: fields, history and comments match the source`,
    faults,
  );
  verdict(`responses with 5xx: ${measure.server_errors}`, measure.server_errors > 0 ? ['see the server’s log'] : []);
  if (own === undefined) console.log('-      invariants: not checked, because the replay did not start this server');
  else verdict(`${invariants().length} invariants hold`, broken);
}

/** Runs the command with these arguments. */
export async function replayCommand(given: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...given],
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      clients: { type: 'string', default: '32' },
      'limit-tickets': { type: 'string' },
      keep: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [file = sample, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`One file at a time, please: ${positionals.join(' ')}`);
  const limit = values['limit-tickets'];
  const options: Options = {
    file,
    url: values.url === undefined ? undefined : serverUrl(values.url),
    clients: wholeNumber('clients', values.clients, { min: 1, max: 256 }),
    limit_tickets: limit === undefined ? undefined : wholeNumber('limit-tickets', limit, { min: 1, max: 999_999_999 }),
    keep: values.keep,
  };
  if (values.help) console.log(usage);
  else if (values['dry-run']) await dryRun(file);
  else await run(options);
}

/** Stops the server that the replay started. */
export async function stopOwnServer(): Promise<void> {
  await own?.stop();
}
