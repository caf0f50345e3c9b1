import { readFileSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { z } from 'zod';
import { account_facts, type AccountAction, type AccountFact } from '../../server/src/accounts/facts.ts';
import { type AuditAction, type Fact, facts } from '../../server/src/audit/facts.ts';
import { treesUnlikeTheirEvents } from './trees.ts';

const file = path.resolve(import.meta.dirname, '../../server/sql/invariants.sql');

const [settings = '', ...parts] = readFileSync(file, 'utf8').split(/^-- name: /m);

/** The invariants of invariants.sql, each with its name. */
export function invariants(): { name: string; statement: string }[] {
  return parts.map((part) => {
    const end = part.indexOf('\n');
    return { name: part.slice(0, end).trim(), statement: part.slice(end + 1) };
  });
}

/**
 * Runs a statement with the settings of invariants.sql. One message does it all, so any connection of a pool will do, and nothing
 * is left set on it.
 */
export async function withSettings(owner: pg.Pool | pg.Client, statement: string): Promise<unknown[]> {
  const results = await owner.query(`begin; ${settings}; ${statement}; rollback`);
  return (results as unknown as pg.QueryResult[]).flatMap(({ rows }) => rows as unknown[]);
}

/** Says how a part of an entry departs from its shape. A kind without a shape for the part has nothing there. */
function unlike(name: string, shape: z.ZodType, part: unknown): string[] {
  const parsed = shape.safeParse(part);
  return parsed.success ? [] : [`${name} ${z.prettifyError(parsed.error)}`];
}

/** Finds the entries of the audit log that don't carry what their kind must carry. */
async function unlikeTheirFacts(owner: pg.Pool | pg.Client): Promise<string[]> {
  // Tests and checks also write entries by SQL, incomplete ones; their request ids start with `seed`.
  const { rows } = await owner.query<{ action: AuditAction; before: unknown; after: unknown }>(
    `select action, before, after from audit_log where request_id not like 'seed%' order by id desc limit 5000`,
  );
  return rows.flatMap(({ action, before, after }) => {
    const fact: Fact = facts[action];
    return (['before', 'after'] as const).flatMap((part) => {
      return unlike(`${action}: ${part}`, fact[part] ?? z.null(), { before, after }[part]);
    });
  });
}

/** Finds the entries of accounts' audit logs that don't carry what their kind must carry. */
async function accountsUnlikeTheirFacts(owner: pg.Pool | pg.Client): Promise<string[]> {
  const { rows } = await owner.query<{ action: AccountAction; detail: unknown }>(
    `select action, detail from account_audit_log where request_id not like 'seed%' order by id desc limit 5000`,
  );
  return rows.flatMap(({ action, detail }) => {
    const fact: AccountFact = account_facts[action];
    return unlike(action, fact.detail ?? z.strictObject({}), detail);
  });
}

/** Returns the rows that violate the invariants, a few of each; empty if all hold. */
export async function brokenInvariants(owner: pg.Pool | pg.Client): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const { name, statement } of invariants()) {
    const rows = await withSettings(owner, statement);
    if (rows.length > 0) found[name] = rows.slice(0, 5);
  }
  const odd = [...(await unlikeTheirFacts(owner)), ...(await accountsUnlikeTheirFacts(owner))];
  if (odd.length > 0) found['entries_carry_what_their_kind_does'] = odd.slice(0, 5);
  // SQL checks only how many hashes a tree has.
  const grown_otherwise = await treesUnlikeTheirEvents(owner);
  if (grown_otherwise.length > 0) found['trees_are_those_of_their_events'] = grown_otherwise.slice(0, 5);
  return found;
}
