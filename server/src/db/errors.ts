import pg from 'pg';
import { UnfitDatabaseError } from './connection-check.ts';
import { BatonError, type PlainErrorCode } from '../errors.ts';

// The SQLSTATE shows that a constraint was violated; the constraint's name only says which rule it was.
export const codes_by_constraint: Record<string, PlainErrorCode> = {
  users_email_key: 'email_taken',
  memberships_pkey: 'already_member',
  invitations_pending: 'invitation_pending',
  projects_key_key: 'project_key_taken',
  tickets_status_fkey: 'status_in_use',
  tickets_assignee_fkey: 'assignee_not_member',
};

const unavailable_states = /^(08|57P0|53|58|XX|F0)/;
// Messages of the driver, which has no code for a connection that ended during a query.
const unavailable_messages =
  /terminated|timeout exceeded|not queryable|Client has encountered a connection error|Cannot use a pool/;
const network_codes = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOENT)/;

/**
 * Whether the transaction can simply be retried: a deadlock, a serialization failure, or a project that has changed since a
 * creation of a ticket read it (`takeNextNumber`).
 */
export function isRetryable(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return false;
  return error.code === '40P01' || error.code === '40001' || lacksNumber(error);
}

const lacksNumber = ({ code, column }: pg.DatabaseError) => code === '23502' && column === 'last_number';

/** Whether the statement was refused only because one before it in the transaction had failed. */
export function isAborted(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '25P02';
}

/** Whether the statement took longer than it may, or waited too long for a lock. */
export function isTimeout(error: unknown): boolean {
  return error instanceof pg.DatabaseError && (error.code === '55P03' || error.code === '57014');
}

/** Whether the database can't do it now: it is starting or stopping, or its disk or memory is full. */
function isUnable(error: unknown): boolean {
  return error instanceof pg.DatabaseError && unavailable_states.test(error.code ?? '');
}

/**
 * Whether the database accepts no writes: it is a standby, or was set to read-only, perhaps after the connection was
 * opened.
 */
export function isReadOnly(error: unknown): boolean {
  if (error instanceof BatonError) return isReadOnly(error.cause);
  return error instanceof pg.DatabaseError && error.code === '25006';
}

/** Whether the error says that the database can't be reached, or that the connection is no longer usable. */
export function isConnectionError(error: unknown): boolean {
  if (error instanceof BatonError) return isConnectionError(error.cause);
  // After an ERROR, that of a full disk included, the connection is usable; FATAL and PANIC end it. PostgreSQL
  // translates these words, but the codes of a server that stops and of a lost connection mean the same in every
  // language.
  if (error instanceof pg.DatabaseError) {
    return ['FATAL', 'PANIC'].includes(error.severity ?? '') || /^(08|57P0)/.test(error.code ?? '');
  }
  if (error instanceof UnfitDatabaseError) return true;
  if (!(error instanceof Error)) return false;
  return network_codes.test((error as NodeJS.ErrnoException).code ?? '') || unavailable_messages.test(error.message);
}

/**
 * Interprets the failure of a commit. If the connection was lost between the commit and its response, it is unknown
 * whether the commit happened, and nobody may treat that as a failure. An ERROR, or a connection that was lost before,
 * means that it did not.
 */
export function fromCommit(error: unknown): unknown {
  const sent = !(error instanceof Error && error.message.includes('not queryable'));
  if (!sent || !isConnectionError(error)) return error;
  return new BatonError('outcome_unknown', {}, { cause: error, retry_after_s: 2 });
}

/** Turns an error of the driver into a `BatonError`; returns any other error unchanged. */
export function fromDatabase(error: unknown): unknown {
  if (error instanceof BatonError) return error;
  if (isConnectionError(error) || isUnable(error) || isReadOnly(error)) {
    return new BatonError('database_unavailable', {}, { cause: error, retry_after_s: 2 });
  }
  if (!(error instanceof pg.DatabaseError)) return error;
  if (isRetryable(error)) return new BatonError('overloaded', {}, { cause: error, retry_after_s: 1 }); // after the retries
  switch (error.code ?? '') {
    case '23505':
    case '23503': {
      const code = codes_by_constraint[error.constraint ?? ''];
      return code === undefined ? error : new BatonError(code, {}, { cause: error });
    }
    case '55P03': // lock_timeout
    case '57014': // statement_timeout
      return new BatonError('overloaded', {}, { cause: error, retry_after_s: 1 });
    default:
      return error;
  }
}
