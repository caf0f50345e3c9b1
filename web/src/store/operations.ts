import type { Change } from './changes.ts';
import {
  afterDone,
  afterRefusal,
  currentOf,
  enqueued,
  isOfOldRole,
  isStale,
  laidOver,
  nextOf,
  no_operations,
  type Operation,
  rebased,
} from './decide.ts';
import { newId } from './ids.ts';
import type { Cause, Outcome, Pause, Settled } from './outcome.ts';
import type { OfTicket, Parts } from './operation-parts.ts';
import { OutboxWrites } from './outbox-writes.ts';
import { Signal } from './signal.ts';
import { Together } from './together.ts';
import { timed, waitAfter } from './waits.ts';

/** The changes that the server has not done yet: a queue for each ticket, with one request at a time. */
export class Operations {
  readonly #parts: Required<Parts>;
  readonly #queues = new Map<string, Operation[]>();
  readonly #busy = new Set<string>();
  /** When each operation was first sent under its key, on the store's clock. */
  readonly #asked = new Map<string, number>();
  readonly #changed = new Signal();
  readonly #settled = new Set<Settled>();
  readonly #together: Together;
  readonly #writes: OutboxWrites;
  #pause: Pause | undefined;
  #is_stopped = false;
  #tries = 0;
  #stopWaiting: (() => void) | undefined;

  readonly subscribe = this.#changed.subscribe;

  constructor(parts: Parts) {
    this.#parts = { now: Date.now, newId, wait: timed, ...parts };
    this.#writes = new OutboxWrites(parts.outbox);
    const { send, sendTogether } = this.#parts;
    const keep = (operation: Operation) => this.#change(operation);
    this.#together = new Together({ send: sendTogether, sendAlone: send, keep, newId: this.#parts.newId });
  }

  /** Changes a ticket: shows the change at once and queues it. Returns the operation's id. */
  add(at: OfTicket, change: Change, base_version: number): string {
    const id = this.#enqueue({ ...at, change, base_version });
    void this.#work(at.ticket_id);
    return id;
  }

  /** Waits until an operation is stored, done, or dropped by the person. */
  readonly kept = (id: string): Promise<void> => this.#writes.kept(id);

  /** Changes several tickets in one request, and shows the changes at once. Returns the id of the act. */
  addAll(changes: readonly (OfTicket & { change: Change; base_version: number })[]): string {
    const act = this.#parts.newId();
    for (const one of changes) this.#enqueue({ ...one, act });
    for (const { ticket_id } of changes) void this.#work(ticket_id);
    return act;
  }

  #enqueue(given: OfTicket & Pick<Operation, 'change' | 'base_version' | 'act'>): string {
    const { newId, now } = this.#parts;
    const added: Operation = { id: newId(), key: newId(), made_at: now(), rebased: 0, ...given };
    const before = this.of(given.ticket_id);
    this.#replace(given.ticket_id, enqueued(before, added));
    // It may have been merged into an earlier operation.
    return this.of(given.ticket_id).find((one) => !before.includes(one))?.id ?? added.id;
  }

  /** Takes over the operations that were stored when a page closed. */
  restore(kept: readonly Operation[]): void {
    for (const operation of kept.toSorted((a, b) => a.made_at - b.made_at)) {
      const queue = this.of(operation.ticket_id);
      if (!queue.some(({ id }) => id === operation.id)) this.#set(operation.ticket_id, [...queue, operation]);
    }
    this.#changed.emit();
    this.resume();
  }

  /** Returns a ticket's operations, including refused ones. */
  of(ticket_id: string): readonly Operation[] {
    return this.#queues.get(ticket_id) ?? no_operations;
  }

  /** Returns all operations, including refused ones. */
  all(): Operation[] {
    return [...this.#queues.values()].flat();
  }

  /** Why nothing is sent at the moment; undefined if that is not so. */
  readonly pause = (): Pause | undefined => this.#pause;

  /** Drops a refused operation, because the person has decided. */
  dismiss({ ticket_id, id }: Pick<Operation, 'ticket_id' | 'id'>): void {
    const rest = this.of(ticket_id).filter((one) => one.id !== id || one.refusal === undefined);
    this.#replace(ticket_id, rest);
  }

  /**
   * Drops operations that the old role was not allowed, so that they can be done again. Typed texts stay until the
   * person decides.
   */
  roleChanged(): void {
    for (const operation of this.all()) if (isOfOldRole(operation)) this.dismiss(operation);
  }

  /** Sends a refused operation again, as a new one based on the current ticket. */
  again({ id, ticket_id, ticket_key, workspace_id, change }: Operation): void {
    const version = this.#parts.tickets.known(ticket_id)?.version;
    if (version === undefined) return;
    this.dismiss({ ticket_id, id });
    this.add({ workspace_id, ticket_id, ticket_key }, change, version);
  }

  /** Calls the listener whenever an operation was done or refused. */
  onSettled(listener: Settled): () => void {
    this.#settled.add(listener);
    return () => void this.#settled.delete(listener);
  }

  /** Sends what waits, because the server responds again or somebody signed in again. */
  resume(): void {
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
    this.#is_stopped = false;
    for (const ticket_id of [...this.#queues.keys()]) void this.#work(ticket_id);
  }

  /** Forgets all operations without sending them, because somebody else has signed in. They stay on the disk. */
  clear(): void {
    this.#stopWaiting?.();
    for (const ticket_id of [...this.#queues.keys()]) this.#set(ticket_id, []);
    this.#changed.emit();
  }

  async #work(ticket_id: string): Promise<void> {
    if (this.#busy.has(ticket_id)) return;
    this.#busy.add(ticket_id);
    let next: Operation | undefined;
    while (!this.#is_stopped && (next = nextOf(this.of(ticket_id))) !== undefined) await this.#send(next);
    this.#busy.delete(ticket_id);
  }

  async #send(operation: Operation): Promise<void> {
    const sent = { ...operation, sent_at: operation.sent_at ?? this.#parts.now() };
    // A response to a repeated request may be as old as the first one.
    if (operation.sent_at === undefined) this.#asked.set(sent.key, this.#parts.tickets.ask());
    this.#change(sent);
    const { act } = sent;
    const outcome = await (act === undefined ? this.#parts.send(sent) : this.#together.send(sent));
    // It was dropped in the meantime; its outcome arrives like any other change.
    if (!this.of(sent.ticket_id).some(({ id }) => id === sent.id)) return;
    if (outcome.kind === 'later') return this.#sleep(outcome.cause);
    const asked = this.#asked.get(sent.key) ?? 0;
    this.#asked.delete(sent.key);
    this.#wake();
    if (outcome.kind === 'done') this.#finish(sent, outcome, asked);
    else await this.#refuse(sent, outcome);
  }

  #finish(done: Operation, outcome: Extract<Outcome, { kind: 'done' }>, asked: number): void {
    const { tickets, now } = this.#parts;
    const { ticket, deleted } = outcome;
    if (ticket !== undefined) tickets.receive([ticket], asked);
    if (deleted) tickets.deleted(done.ticket_id, new Date(now()).toISOString());
    this.#replace(done.ticket_id, afterDone(this.of(done.ticket_id), done, ticket?.version));
    this.#tell(done, outcome);
  }

  async #refuse(refused: Operation, outcome: Extract<Outcome, { kind: 'refused' }>): Promise<void> {
    const { refusal } = outcome;
    const next = rebased(refused, refusal, this.#parts.newId());
    if (next !== undefined) return this.#change(next);
    const current = currentOf(refusal);
    const knows = this.#parts.tickets.known(refused.ticket_id);
    // If the refusal refers to a newer ticket than the known one, read it first: the rest of the queue and the person
    // depend on it.
    const { workspace_id, ticket_id } = refused;
    if (isStale(refusal, knows?.version, current?.version)) await this.#parts.read({ workspace_id, ticket_id });
    const status = current?.status ?? this.#parts.tickets.known(ticket_id)?.status;
    this.#replace(ticket_id, afterRefusal(this.of(ticket_id), refused, refusal, status));
    this.#tell(refused, outcome);
  }

  #sleep(cause: Cause): void {
    const { now, wait } = this.#parts;
    // Every operation of a bulk request gets here.
    if (this.#is_stopped && this.#pause?.cause === cause) return;
    this.#is_stopped = true;
    this.#stopWaiting?.();
    const ms = waitAfter(this.#tries++);
    this.#pause = { cause, since: this.#pause?.since ?? now(), ...(cause !== 'session' && { next_at: now() + ms }) };
    // Only signing in resumes after the session has ended.
    this.#stopWaiting = cause === 'session' ? undefined : wait(ms, () => this.#tryOne());
    this.#changed.emit();
  }

  /** Sends the operations of one ticket or one bulk request, to test whether the server responds. */
  #tryOne(): void {
    this.#is_stopped = false;
    // A ticket may have only refused operations, which wait for the person.
    const first = [...this.#queues.keys()].find((id) => nextOf(this.of(id)) !== undefined);
    if (first === undefined) return;
    const next = nextOf(this.of(first));
    const name = next?.together?.key;
    const is_with = (id: string) => id === first || (name !== undefined && nextOf(this.of(id))?.together?.key === name);
    for (const id of [...this.#queues.keys()].filter(is_with)) void this.#work(id);
  }

  /** The server responds again, so everything else that waits is sent. */
  #wake(): void {
    this.#tries = 0;
    if (this.#pause === undefined) return;
    this.#pause = undefined;
    this.#changed.emit();
    this.resume();
  }

  #tell(operation: Operation, outcome: Parameters<Settled>[1]): void {
    for (const listener of this.#settled) listener(operation, outcome);
  }

  /** Replaces one operation in its queue. */
  #change(operation: Operation): void {
    const { ticket_id, id } = operation;
    const queue = this.of(ticket_id).map((one) => (one.id === id ? operation : one));
    this.#replace(ticket_id, queue);
  }

  /** Replaces a queue, on the disk and on the page. */
  #replace(ticket_id: string, queue: readonly Operation[]): void {
    const before = this.of(ticket_id);
    for (const one of queue) if (!before.includes(one)) this.#writes.put(one);
    for (const { id } of before) if (!queue.some((one) => one.id === id)) this.#writes.remove(id);
    this.#set(ticket_id, queue);
    this.#changed.emit();
  }

  #set(ticket_id: string, queue: readonly Operation[]): void {
    if (queue.length === 0) this.#queues.delete(ticket_id);
    else this.#queues.set(ticket_id, [...queue]);
    this.#parts.tickets.lay(ticket_id, laidOver(queue));
  }
}
