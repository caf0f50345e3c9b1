import { account_verbs, type AccountVerb, runAccountVerb } from './accounts/verbs.ts';
import {
  readConfig,
  readDatabaseConfig,
  readEnvFile,
  readJobsConfig,
  readWitnessConfig,
  readWitnessToken,
  readWorkConfig,
  requireAuditKey,
} from './config.ts';
import type { Login } from './process/connect.ts';
import { openAppLogin, openAsOwner, openWorkerLogin } from './process/database.ts';
import { migrateAs, newerSchema } from './process/migrate.ts';
import { problemOf } from './process/problem.ts';
import { serve } from './process/serve.ts';
import { exitOnSignal } from './process/stopping.ts';

const of_accounts = Object.entries(account_verbs).map(([name, { usage, does }]) => `  ${name} ${usage}\n      ${does}`);

const usage = `Usage: npm run <verb> -- [arguments]

  start
      serve the API, and do the work that no request waits for
  work
      do only that work, in a separate process
  migrate
      bring the schema up to date, and end
  audit verify EXPORT --key KEY
      check that an exported audit log is what was signed; see docs/audit.md
  audit export WORKSPACE
      print a workspace's audit log, with its last checkpoint
  audit key WORKSPACE
      print the key that verifies the log
  jobs [--json]
      list what waits for the worker, what was given up, and what is set aside; see docs/operating.md
  jobs retry delivery WEBHOOK EVENT | mail MAIL | set-aside WORKSPACE_OR_WEBHOOK
      retry one of them
  jobs retry workspace WORKSPACE | all deliveries | all mails | all set-aside
      retry all of them
  rebuild --check
      rebuild every row from the audit log, and compare it with what is stored
  witness
      cosign checkpoints of the logs in BATON_WITNESS_LOGS, in a separate process
  witness submit LOG WITNESS
      have a witness cosign a log's checkpoint, and print it; both are URLs
${of_accounts.join('\n')}

Settings come from the environment; docs/operating.md lists them.`;

/** Works on the database as its owner, with or without a running server. */
async function withDatabase<T>(
  options: { create: boolean },
  work: (owner: Login, description: string) => Promise<T>,
): Promise<T> {
  exitOnSignal();
  const { owner, description, stop } = await openAsOwner(readDatabaseConfig(), options);
  try {
    return await work(owner, description);
  } finally {
    await stop();
  }
}

async function bringUpToDate(owner: Login, description: string): Promise<void> {
  console.log(`Migrating ${description} …`);
  const applied = await migrateAs(owner, { wait_s: 0, log: console.error });
  console.log(applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.join(', ')}.`);
  const newer = await newerSchema(owner);
  if (newer !== undefined) console.error(`Warning: ${newer}`);
}

/** Prints the outcome. If there is a value for a program, such as a token, only that goes to stdout. */
async function lookAfterAccounts(verb: AccountVerb, args: string[]): Promise<void> {
  const config = readDatabaseConfig();
  await withDatabase({ create: false }, async (owner) => {
    const { done, says, gives } = await runAccountVerb(verb, owner.url, args, config);
    if (gives !== undefined) console.error(says);
    (done ? console.log : console.error)(gives ?? says);
    if (!done) process.exitCode = 1;
  });
}

/** Runs the verbs that only read the audit log. */
async function audit(...args: string[]): Promise<void> {
  const { runAudit } = await import('./audit/command.ts');
  const code = await runAudit(args, {
    readConfig: () => {
      requireAuditKey();
      return readConfig(undefined, console.error);
    },
    withDatabase: async (config, work) => {
      const { database_url } = config;
      if (database_url === undefined) return withDatabase({ create: false }, ({ url }) => work(url));
      return work((await openAppLogin({ ...config, database_url })).url);
    },
  });
  if (code === 2) console.error(usage);
  process.exitCode = code;
}

/** Reads with the rights of requests, and needs no secrets. */
async function rebuild(): Promise<void> {
  const { checkRebuilt } = await import('./rebuild/command.ts');
  const config = readDatabaseConfig();
  const check = async (url: string, worker_url: string) => {
    const printing = { found: (line: string) => console.log(line), progress: (line: string) => console.error(line) };
    const equal = await checkRebuilt({ ...config, url, worker_url, role: config.app_role }, printing);
    if (!equal) process.exitCode = 1;
  };
  const { database_url } = config;
  if (database_url === undefined) await withDatabase({ create: false }, ({ url }) => check(url, url));
  else await check((await openAppLogin({ ...config, database_url })).url, (await openWorkerLogin(config)).url);
}

/** Works with the rights of the worker, whether or not one runs. */
async function jobs(...words: string[]): Promise<void> {
  const { jobsWork, runJobs } = await import('./jobs/command.ts');
  const work = jobsWork(words);
  if (work === undefined) {
    console.error(usage);
    process.exitCode = 2;
    return;
  }
  const config = readJobsConfig();
  const printing = { print: (text: string) => console.log(text), warn: (line: string) => console.error(line) };
  const run = (url: string) => runJobs(work, { ...config, url }, printing);
  const { worker_database_url: url } = config;
  process.exitCode =
    url === undefined
      ? await withDatabase({ create: false }, (owner) => run(owner.url))
      : await run((await openWorkerLogin(config)).url);
}

async function witness(...args: string[]): Promise<void> {
  const { runWitness, runSubmit } = await import('./witness/command.ts');
  const [verb, log, by] = args;
  if (verb === undefined) await runWitness(readWitnessConfig());
  else if (verb === 'submit' && log !== undefined && by !== undefined && args.length === 3) {
    process.exitCode = await runSubmit({ log, witness: by, token: readWitnessToken() });
  } else {
    console.error(usage);
    process.exitCode = 2;
  }
}

async function main(verb = 'serve', ...rest: string[]): Promise<void> {
  const account_verb = Object.hasOwn(account_verbs, verb) ? account_verbs[verb] : undefined;
  readEnvFile();
  if (verb === 'help' || [verb, ...rest].includes('--help')) {
    console.log(usage);
  } else if ((verb === 'serve' || verb === 'start') && rest.length === 0) {
    await serve(readConfig(undefined, console.error));
  } else if (verb === 'work' && rest.length === 0) {
    const { work } = await import('./process/work.ts'); // it loads what no other verb needs
    await work(readWorkConfig());
  } else if (verb === 'witness') {
    await witness(...rest);
  } else if (verb === 'audit') {
    await audit(...rest);
  } else if (verb === 'jobs') {
    await jobs(...rest);
  } else if (verb === 'rebuild' && rest.join() === '--check') {
    await rebuild();
  } else if (verb === 'migrate' && rest.length === 0) {
    await withDatabase({ create: true }, bringUpToDate);
  } else if (account_verb !== undefined && rest.length === account_verb.usage.split(' ').length) {
    await lookAfterAccounts(account_verb, rest);
  } else {
    if (account_verb !== undefined) console.error(`${verb} takes ${account_verb.usage}.\n`);
    console.error(usage);
    process.exitCode = 2;
  }
}

/** Runs the verb of the command line. A failure is printed to stderr and sets the exit code. */
export async function runVerb(...args: string[]): Promise<void> {
  try {
    await main(...args);
  } catch (error) {
    console.error(problemOf(error) ?? error);
    // Not process.exit, so that what is still open, such as a database, is closed first.
    process.exitCode = 1;
  }
}
