import { LRUCache } from 'lru-cache';
import type { Role } from '../http/contract.ts';
import type { Caller } from './authorize.ts';
import type { Line } from './policy.ts';

const lasts_ms = 60_000;
const max_callers = 20_000;

const keyOf = ({ session_id, token }: Caller, workspace_id: string | undefined) =>
  `${session_id ?? token?.id} ${workspace_id ?? ''}`;

/**
 * Remembers the callers whom the database has confirmed a moment ago, in this process. It permits nothing: each request is checked
 * by the database. The statements of such a caller are sent together with the check. Those of any other caller are sent only after
 * it, because the time that a refusal takes must not depend on the data.
 */
export class Confirmed {
  readonly #callers = new LRUCache<string, { role: Role | undefined }>({ max: max_callers, ttl: lasts_ms });

  /** Whether, a moment ago, the caller had the right that the line requires. */
  has(caller: Caller, [access]: Line, workspace_id: string | undefined): boolean {
    const found = this.#callers.get(keyOf(caller, workspace_id));
    if (found === undefined) return false;
    return typeof access === 'string' || (found.role !== undefined && access.includes(found.role));
  }

  add(caller: Caller, role: Role | undefined, workspace_id: string | undefined): void {
    this.#callers.set(keyOf(caller, workspace_id), { role });
  }

  remove(caller: Caller, workspace_id: string | undefined): void {
    this.#callers.delete(keyOf(caller, workspace_id));
  }
}
