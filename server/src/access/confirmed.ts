import type { Role } from '../http/contract.ts';
import type { Caller } from './authorize.ts';
import type { Line } from './policy.ts';

const lasts_ms = 60_000;
const max_callers = 20_000;

const keyOf = ({ session_id, token }: Caller, workspace_id: string | undefined) =>
  `${session_id ?? token?.id} ${workspace_id ?? ''}`;

/**
 * Whom the database has confirmed a moment ago, in this process. It permits nothing: each request asks the database. But what
 * such a caller asks for travels with the question, and everybody else's waits for the answer: the time that a refusal
 * takes must not depend on what is there.
 */
export class Confirmed {
  /** A Map keeps the order of insertion: the oldest is forgotten first. */
  readonly #callers = new Map<string, { role: Role | undefined; at: number }>();

  /** Whether the caller had the right a moment ago that the line asks for. */
  has(caller: Caller, [access]: Line, workspace_id: string | undefined): boolean {
    const found = this.#callers.get(keyOf(caller, workspace_id));
    if (found === undefined || performance.now() - found.at > lasts_ms) return false;
    return typeof access === 'string' || (found.role !== undefined && access.includes(found.role));
  }

  add(caller: Caller, role: Role | undefined, workspace_id: string | undefined): void {
    const key = keyOf(caller, workspace_id);
    this.#callers.delete(key);
    this.#callers.set(key, { role, at: performance.now() });
    if (this.#callers.size <= max_callers) return;
    for (const oldest of this.#callers.keys()) {
      this.#callers.delete(oldest);
      break;
    }
  }

  remove(caller: Caller, workspace_id: string | undefined): void {
    this.#callers.delete(keyOf(caller, workspace_id));
  }
}
