import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { toLine } from '../lib/text.ts';

/** Migrations are missing, or the database refused one. The message says what to do. */
export class MigrationFailedError extends Error {
  override name = 'MigrationFailedError';
}

/**
 * Matches what may contain a semicolon that ends no statement, the semicolons that do end one, and any other character.
 */
const tokens = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"[^"]*"|\$(\w*)\$[\s\S]*?\$\1\$|(;)|(\S)/g;

/** The index at which each statement of a file begins. */
function statementsOf(text: string): number[] {
  const begins: number[] = [];
  let within = false;
  for (const { 0: token, 2: end, index } of text.matchAll(tokens)) {
    if (end !== undefined) within = false;
    else if (!within && !token.startsWith('--') && !token.startsWith('/*')) {
      within = true;
      begins.push(index);
    }
  }
  return begins;
}

/** Follows a run of migrations on a connection: which one is running, and how many of its statements are done. */
export class MigrationProgress {
  readonly #dir: string;
  #name: string | undefined;
  #done = 0;

  constructor(client: pg.Client, dir: string) {
    this.#dir = dir;
    const { connection } = client as unknown as { connection: NodeJS.EventEmitter };
    connection.on('commandComplete', ({ text }: { text: string }) => {
      // BEGIN is node-pg-migrate's own, before the first statement of the file.
      if (text !== 'BEGIN') this.#done++;
    });
  }

  /** Reads the log messages of node-pg-migrate: nothing else tells which file it begins. */
  hear(message: string): void {
    const name = /^### MIGRATION (\S+) \(UP\) ###$/.exec(message)?.[1];
    if (name !== undefined) [this.#name, this.#done] = [name, 0];
  }

  /** Returns the failure as one line if a migration was running, and otherwise the error itself. */
  explain(error: unknown): unknown {
    if (this.#name === undefined || !(error instanceof Error)) return error;
    const file = `${this.#name}.sql`;
    const { hint, where } = error instanceof pg.DatabaseError ? error : {};
    // Without PostgreSQL's detail, which quotes rows.
    const parts = [`Migration ${file} failed${this.#place(file, error)}: ${error.message}.`];
    if (where !== undefined) parts.push(`In ${where.split('\n', 1).join('').slice(0, 200)}.`);
    if (hint !== undefined) parts.push(hint);
    parts.push('Nothing of this file was applied. Remove the cause and migrate again.');
    return new MigrationFailedError(toLine(parts.join(' ')), { cause: error });
  }

  /**
   * PostgreSQL gives the place of a syntax error or an unknown name. Of any other failure, only the statement is known.
   */
  #place(file: string, error: Error): string {
    // The whole file was sent, since it begins with "Up Migration", so positions are those of the file.
    const text = readFileSync(path.join(this.#dir, file), 'utf8');
    const position = error instanceof pg.DatabaseError ? Number(error.position) : Number.NaN;
    const index = Number.isNaN(position)
      ? statementsOf(text)[this.#done]
      : Array.from(text)
          .slice(0, position - 1)
          .join('').length; // counted in characters
    if (index === undefined) return '';
    const before = text.slice(0, index).split('\n');
    return ` at line ${before.length}, column ${Array.from(before.at(-1) ?? '').length + 1}`;
  }
}
