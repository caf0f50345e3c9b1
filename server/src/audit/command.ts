import { pino } from 'pino';
import { runVerifier } from '../../../bin/verify-audit.ts';
import type { Config } from '../config.ts';
import { createPool } from '../db/pool.ts';
import { readOnly } from '../db/transaction.ts';
import { isUuid } from '../lib/ids.ts';
import { logSigner, printed, signingKey } from '../ledger/note.ts';
import { Checkpoints, originOf } from './checkpoints.ts';
import { exportPage } from './export.ts';
import { max_exported } from './ledger-contract.ts';
import { lastCheckpoint } from './ledger-queries.ts';

interface Surroundings {
  readConfig: () => Config;
  /** Runs the work on the configured database, whether a server is running or not. */
  withDatabase: (config: Config, work: (url: string) => Promise<number>) => Promise<number>;
}

const printLine = (line: string) => void process.stdout.write(`${line}\n`);
/** Writes to the standard output, and resolves once the reader has taken the text. */
const print = (text: string) => new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));

function fail(says: string): number {
  process.stderr.write(`${says}\n`);
  return 1;
}

/** Prints a workspace's log page by page, then the last checkpoint. Signs a new checkpoint first if one is due. */
async function exportLog(config: Config, url: string, workspace_id: string): Promise<number> {
  const log = pino({ level: 'error' }, pino.destination(2));
  const { app_role: role, statement_timeout_ms, lock_timeout_ms } = config;
  const pool = createPool({ url, role, max: 2, statement_timeout_ms, lock_timeout_ms, on_error: () => undefined });
  try {
    const checkpoints = new Checkpoints(config, { pool, log });
    await checkpoints.signIfDue(workspace_id);
    const by = checkpoints.signerOf(workspace_id);
    const last = await readOnly(pool, { workspace_id }, (db) => lastCheckpoint(db, workspace_id, by));
    if (last === undefined)
      return fail(
        `There is nothing to export for ${workspace_id}: no such workspace, or no worker has numbered its events.`,
      );
    for (let after = 0, ended = false; !ended; ) {
      const range = { last, after, limit: max_exported };
      const { text, events } = await readOnly(pool, { workspace_id }, (db) => exportPage(db, workspace_id, range));
      await print(text);
      after += events;
      ended = after >= last.size;
      if (events === 0 && !ended) return fail(`Event ${after + 1} is missing.`);
    }
    return 0;
  } finally {
    await pool.end();
  }
}

/** Runs the `audit` command with these arguments, and returns the exit code: 2 if the arguments are invalid. */
export async function runAudit([verb, ...rest]: string[], { readConfig, withDatabase }: Surroundings): Promise<number> {
  if (verb === 'verify') {
    return runVerifier(rest, printLine).catch((error: unknown) =>
      fail(error instanceof Error ? error.message : String(error)),
    );
  }
  const [workspace_id = ''] = rest;
  if (!['key', 'export'].includes(verb ?? '') || rest.length !== 1) return 2;
  if (!isUuid(workspace_id)) return fail(`${JSON.stringify(workspace_id)} is not the id of a workspace.`);
  const config = readConfig();
  if (verb === 'key') {
    printLine(printed(logSigner(originOf(config.audit_name, workspace_id), signingKey(config.audit_seed))));
    return 0;
  }
  return withDatabase(config, (url) => exportLog(config, url, workspace_id));
}
