import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import pg from 'pg';
import { brokenInvariants, invariants } from '../invariants.ts';
import { derive } from './derive.ts';
import { readSource } from './history.ts';
import { type OwnServer, startOwnServer } from './own-server.ts';
import { type Progress, replay } from './replay.ts';
import { Report } from './report.ts';
import { summarize } from './summary.ts';

const usage = `Usage: npm run replay -- FILE-replay.ndjson[.gz] [options]

  --url URL            a running server; without it, one is started for the replay
  --clients N          clients at once (32)
  --limit-tickets N    only the first N tickets
  --keep               keep the started server's data
  --dry-run            only say what would be done`;

function progressBar(): Progress {
  if (!process.stdout.isTTY) {
    let name = '';
    let all = 0;
    let next = 0;
    return {
      start: (what, total) => {
        [name, all, next] = [what, total, total / 10];
      },
      update: (done) => {
        if (done < next) return;
        next += all / 10;
        console.log(`${name} ${done} of ${all}`);
      },
      stop: () => undefined,
    };
  }
  let bar: SingleBar | undefined;
  return {
    start: (what, all) => {
      bar = new SingleBar({
        format: `${what.padEnd(9)} {bar} {value} of {total}  {duration_formatted}`,
        etaBuffer: 50,
      });
      bar.start(all, 0);
    },
    update: (done) => bar?.update(done),
    stop: () => bar?.stop(),
  };
}

/** Runs the invariants over the server's database; says which don't hold. */
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

async function run(file: string, values: { url?: string; clients: string; 'limit-tickets'?: string; keep: boolean }) {
  const own: OwnServer | undefined = values.url === undefined ? await startOwnServer({ keep: values.keep }) : undefined;
  try {
    const limit = values['limit-tickets'];
    const result = await replay({
      file,
      base_url: values.url ?? own?.base_url ?? '',
      clients: Number(values.clients),
      limit_tickets: limit === undefined ? undefined : Number(limit),
      progress: progressBar(),
    });
    const { measure, report, faults } = result;
    console.log(
      `\n${result.operations} operations in ${result.seconds.toFixed(1)} s: ${result.operations_s.toFixed(0)} operations/s, ` +
        `${result.calls_s.toFixed(0)} calls/s, ${values.clients} clients`,
    );
    for (const line of [...measure.lines(), '', ...report.lines(), '']) console.log(line);
    const broken = own === undefined ? [] : await lookAtInvariants(own.database_url);
    const verdict = (ok: boolean, text: string) => console.log(`${ok ? 'ok    ' : 'FAILED'} ${text}`);
    verdict(
      faults.length === 0,
      `status, assignee, history and comments of ${result.tickets} tickets are the source’s`,
    );
    for (const fault of faults.slice(0, 20)) console.log(`       ${fault}`);
    verdict(measure.server_errors === 0, `answered 5xx: ${measure.server_errors}`);
    if (own === undefined) console.log('-      invariants: not looked at, the database is another server’s');
    else verdict(broken.length === 0, `${invariants().length} invariants hold`);
    for (const line of broken) console.log(`       ${line}`);
    if (faults.length + measure.server_errors + broken.length > 0) process.exitCode = 1;
  } finally {
    await own?.stop();
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: 'string' },
    clients: { type: 'string', default: '32' },
    'limit-tickets': { type: 'string' },
    keep: { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
  },
});
const [file] = positionals;
if (file === undefined) {
  console.error(usage);
  process.exitCode = 2;
} else if (values['dry-run']) {
  await dryRun(file);
} else {
  await run(file, values);
}
