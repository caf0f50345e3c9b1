import { type Identity, personOf } from '../access/authorize.ts';
import { FairQueue } from '../lib/fair-queue.ts';

/** How many requests may wait at the same time: of one account, of one network, and in one process. */
export const most = { account: 50, network: 500, all: 2_000 };
/** How often the last event numbers are read for waiting requests. */
const interval_ms = 100;
/** How many workspaces' numbers one statement reads. If more are waited for, they take turns over several intervals. */
const looked_at_once = 500;
/** How many waiting requests read again at the same time. */
const at_once = 4;
/** How often each credential of a waiting request is checked, and how many of them one statement checks in each interval. */
const check_ms = 700;
const checked_at_once = 500;

interface Waiter {
  workspace_id: string;
  /** The number of the last event that it has. */
  sequence: number;
  identity: Identity;
  /** When to begin to look for events for it. */
  from: number;
  /** When to check its credential next. */
  check_at: number;
  isGone: () => boolean;
  end: (how: Ended) => void;
}

/** How a wait ended. `over` means that nobody waits for the response any more, or that the process is stopping. */
type Ended = 'something' | 'nothing' | 'over';

export interface Wait extends Pick<Waiter, 'workspace_id' | 'sequence' | 'identity' | 'isGone'> {
  ms: number;
  /** How long to wait before looking for events. */
  rest_ms: number;
}

interface Options {
  /** Reads the number of the last event of each of these workspaces. */
  lastOf: (workspace_ids: readonly string[]) => Promise<ReadonlyMap<string, number>>;
  /** Reads which of these credentials have ended. */
  endedOf: (identities: readonly Identity[]) => Promise<readonly Identity[]>;
  isStopping: () => boolean;
}

/**
 * The requests that wait for an event. They occupy no database connection: ten times a second, one statement reads the
 * last event numbers of the workspaces that they wait for. So it doesn't matter which process numbers the events. Each
 * wait ends on time, however slow the database is.
 */
export class Waiting {
  readonly #options: Options;
  readonly #waiters = new Set<Waiter>();
  readonly #counts = new Map<string, number>();
  readonly #reads = new FairQueue({ max_running: at_once, max_waiting: most.all });
  /** When the number of each workspace that is waited for was read last. */
  #looked_at = new Map<string, number>();
  #is_looking = false;
  #is_checking = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  isStopping(): boolean {
    return this.#options.isStopping();
  }

  /**
   * Reads again for a request that has waited. Only a few such reads run at a time, because one event may wake
   * thousands.
   */
  read<T>(user_id: string, work: () => Promise<T>): Promise<T> {
    return this.#reads.run(user_id, work);
  }

  /**
   * Takes a place to wait and returns a function that gives it back; undefined if the account, network or process has
   * none left.
   */
  take(identity: Identity, network: string): (() => void) | undefined {
    const keys = [`account ${personOf(identity)}`, `network ${network}`, 'all'];
    const bounds = [most.account, most.network, most.all];
    if (keys.some((key, n) => (this.#counts.get(key) ?? 0) >= (bounds[n] ?? 0))) return undefined;
    this.#count(keys, 1);
    return () => this.#count(keys, -1);
  }

  /**
   * Waits until the workspace has more events, the credential has ended, or the time is over. The caller must have
   * taken a place.
   */
  forEvents({ ms, rest_ms, ...wait }: Wait): Promise<Ended> {
    if (this.#options.isStopping()) return Promise.resolve('over');
    const { promise, resolve } = Promise.withResolvers<Ended>();
    const timer = setTimeout(() => waiter.end('nothing'), ms);
    const now = performance.now();
    const waiter: Waiter = {
      ...wait,
      from: now + rest_ms,
      check_at: now + check_ms,
      end: (how) => {
        if (!this.#waiters.delete(waiter)) return;
        clearTimeout(timer);
        resolve(how);
      },
    };
    this.#waiters.add(waiter);
    this.#timer ??= setInterval(() => this.#tick(), interval_ms);
    return promise;
  }

  #count(keys: readonly string[], by: 1 | -1): void {
    for (const key of keys) {
      const count = (this.#counts.get(key) ?? 0) + by;
      if (count > 0) this.#counts.set(key, count);
      else this.#counts.delete(key);
    }
  }

  #tick(): void {
    const now = performance.now();
    const due = new Set<string>();
    let is_check_due = false;
    for (const waiter of this.#waiters) {
      if (this.#options.isStopping() || waiter.isGone()) {
        waiter.end('over');
        continue;
      }
      if (now >= waiter.from) due.add(waiter.workspace_id);
      is_check_due ||= now >= waiter.check_at;
    }
    if (due.size > 0 && !this.#is_looking) void this.#look(due);
    if (is_check_due && !this.#is_checking) void this.#check(now);
    if (this.#waiters.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Looks for new events in these workspaces, beginning with those not looked at for longest. */
  async #look(due: ReadonlySet<string>): Promise<void> {
    this.#is_looking = true;
    const before = (id: string) => this.#looked_at.get(id) ?? 0;
    const chosen = [...due].sort((a, b) => before(a) - before(b)).slice(0, looked_at_once);
    // If the database is unreachable, the read at the end of each wait reports it.
    const last = await this.#options.lastOf(chosen).catch(() => new Map<string, number>());
    const now = performance.now();
    const seen = new Set(chosen);
    this.#looked_at = new Map([...due].map((id) => [id, seen.has(id) ? now : before(id)]));
    this.#is_looking = false;
    for (const waiter of this.#waiters) {
      if (now >= waiter.from && (last.get(waiter.workspace_id) ?? 0) > waiter.sequence) waiter.end('something');
    }
  }

  /**
   * Checks the credentials that are due, because signing out leaves no event in the workspace. A request whose
   * credential has ended is woken, reads again, and is refused.
   */
  async #check(now: number): Promise<void> {
    this.#is_checking = true;
    const due = [...Map.groupBy(this.#waiters, ({ identity }) => keyOf(identity)).values()]
      .map((same) => ({ same, check_at: Math.min(...same.map((waiter) => waiter.check_at)) }))
      .filter(({ check_at }) => now >= check_at)
      .sort((a, b) => a.check_at - b.check_at) // those not checked for longest come first
      .slice(0, checked_at_once);
    for (const { same } of due) for (const waiter of same) waiter.check_at = now + check_ms;
    const identities = due.flatMap(({ same: [first] }) => first?.identity ?? []);
    // If the database is unreachable, the read at the end of each wait reports it.
    const ended = await this.#options.endedOf(identities).catch((): readonly Identity[] => []);
    this.#is_checking = false;
    const keys = new Set(ended.map(keyOf));
    const over = due.filter(({ same: [first] }) => first !== undefined && keys.has(keyOf(first.identity)));
    for (const waiter of over.flatMap(({ same }) => same)) waiter.end('something');
  }
}

/** The id of a credential. */
const keyOf = ({ session_id, token }: Identity) => session_id ?? token?.id;
