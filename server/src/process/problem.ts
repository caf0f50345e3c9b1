import { ConfigError } from '../config.ts';
import { UnfitDatabaseError } from '../db/connection-check.ts';
import { EmbeddedError } from '../db/embedded.ts';
import { MigrationChangedError } from '../db/migrate.ts';
import { MigrationFailedError } from '../db/migration-failure.ts';
import { BatonError } from '../errors.ts';

const expected = [ConfigError, EmbeddedError, MigrationChangedError, MigrationFailedError, UnfitDatabaseError];

/** Why a command can't do its work, in one line for the person who ran it; undefined for a bug in Baton. */
export function problemOf(error: unknown): string | undefined {
  if (expected.some((kind) => error instanceof kind)) return (error as Error).message;
  const cause = error instanceof BatonError && error.cause instanceof Error ? error.cause : error;
  const { code = '' } = cause as { code?: string };
  // A table, column, function or grant is missing.
  if (['42P01', '42703', '42883', '42501'].includes(code))
    return 'The schema is not up to date. Run npm run migrate first.';
  return cause !== error && cause instanceof Error ? cause.message : undefined;
}
