import { readFileSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { z } from 'zod';
import { account_facts, type AccountAction, type AccountFact } from '../../server/src/accounts/facts.ts';
import { type AuditAction, type Fact, facts } from '../../server/src/audit/facts.ts';
import { treesUnlikeTheirEvents } from './trees.ts';

const file = path.resolve(import.meta.dirname, '../../server/sql/invariants.sql');

const [settings = '', ...parts] = readFileSync(file, 'utf8').split(/^-- name: /m);

/** Each invariant of invariants.sql by its name. */
export function invariants(): { name: string; statement: string }[] {
  return parts.map((part) => {
    const end = part.indexOf('\n');
    return { name: part.slice(0, end).trim(), statement: part.slice(end + 1) };
  });
}

/** With what invariants.sql sets; as one message it has that on whichever connection of a pool, and leaves nothing behind. */
export async function withSettings(owner: pg.Pool | pg.Client, statement: string): Promise<unknown[]> {
  const results = await owner.query(`begin; ${settings}; ${statement}; rollback`);
  return (results as unknown as pg.QueryResult[]).flatMap(({ rows }) => rows as unknown[]);
}

/** What is wrong with a part of an entry, which carries nothing where its kind has no shape for it. */
function unlike(name: string, shape: z.ZodType, part: unknown): string[] {
  const parsed = shape.safeParse(part);
  return parsed.success ? [] : [`${name} ${z.prettifyError(parsed.error)}`];
}

/** Where entries of the audit log aren't what their kind is to carry. */
async function unlikeTheirFacts(owner: pg.Pool | pg.Client): Promise<string[]> {
  // Tests and checks write entries by SQL, too; a server's have more to them than `seed`.
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

/** Where entries of accounts' audit logs aren't what their kind is to carry. */
async function accountsUnlikeTheirFacts(owner: pg.Pool | pg.Client): Promise<string[]> {
  const { rows } = await owner.query<{ action: AccountAction; detail: unknown }>(
    `select action, detail from account_audit_log where request_id not like 'seed%' order by id desc limit 5000`,
  );
  return rows.flatMap(({ action, detail }) => {
    const fact: AccountFact = account_facts[action];
    return unlike(action, fact.detail ?? z.strictObject({}), detail);
  });
}

/** What the invariants find wrong in a database, some rows of each; nothing when all hold. */
export async function brokenInvariants(owner: pg.Pool | pg.Client): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const { name, statement } of invariants()) {
    const rows = await withSettings(owner, statement);
    if (rows.length > 0) found[name] = rows.slice(0, 5);
  }
  const odd = [...(await unlikeTheirFacts(owner)), ...(await accountsUnlikeTheirFacts(owner))];
  if (odd.length > 0) found['entries_carry_what_their_kind_does'] = odd.slice(0, 5);
  // Of which SQL counts the hashes alone.
  const grown_otherwise = await treesUnlikeTheirEvents(owner);
  if (grown_otherwise.length > 0) found['trees_are_those_of_their_events'] = grown_otherwise.slice(0, 5);
  return found;
}
