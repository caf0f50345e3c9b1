import { type Change, isText } from './changes.ts';
import {
  afterDone,
  afterRefusal,
  currentOf,
  enqueued,
  isStale,
  laidOver,
  nextOf,
  type Operation,
  rebased,
} from './decide.ts';
import { newId } from './ids.ts';
import type { Cause, Outcome, Pause, Settled } from './outcome.ts';
import type { Parts } from './operation-parts.ts';
import { Signal } from './signal.ts';
import { Together } from './together.ts';
import { timed, waitAfter } from './waits.ts';

type OfTicket = Pick<Operation, 'workspace_id' | 'ticket_id' | 'ticket_key'>;

/** What people did and the server has not done yet: a queue per ticket, one request in flight for each. */
export class Operations {
  readonly #parts: Required<Parts>;
  readonly #queues = new Map<string, Operation[]>();
  readonly #busy = new Set<string>();
  readonly #changed = new Signal();
  readonly #settled = new Set<Settled>();
  readonly #together: Together;
  #pause: Pause | undefined;
  #is_stopped = false;
  #tries = 0;
  #stopWaiting: (() => void) | undefined;

  readonly subscribe = this.#changed.subscribe;

  constructor(parts: Parts) {
    this.#parts = { now: Date.now, newId, wait: timed, ...parts };
    const { send, sendTogether } = this.#parts;
    const keep = (operation: Operation) => this.#change(operation);
    this.#together = new Together({ send: sendTogether, sendAlone: send, keep, newId: this.#parts.newId });
  }

  /** Does something to a ticket: it is drawn at once, and sent in its turn. Gives the operation's id. */
  add(at: OfTicket, change: Change, base_version: number): string {
    const id = this.#enqueue({ ...at, change, base_version });
    void this.#work(at.ticket_id);
    return id;
  }

  /** Does something to several tickets at once: drawn at once, and sent in one request. Gives the name of the act. */
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
    // It may have become one with an earlier one.
    return this.of(given.ticket_id).find((one) => !before.includes(one))?.id ?? added.id;
  }

  /** Takes up what was kept on the disk when the page was left. */
  restore(kept: readonly Operation[]): void {
    for (const operation of kept.toSorted((a, b) => a.made_at - b.made_at)) {
      const queue = this.of(operation.ticket_id);
      if (!queue.some(({ id }) => id === operation.id)) this.#set(operation.ticket_id, [...queue, operation]);
    }
    this.#changed.emit();
    this.resume();
  }

  /** The operations of a ticket, refused ones included. */
  of(ticket_id: string): readonly Operation[] {
    return this.#queues.get(ticket_id) ?? none;
  }

  /** All operations, refused ones included. */
  all(): Operation[] {
    return [...this.#queues.values()].flat();
  }

  /** Why nothing is sent at the moment, if so. */
  readonly pause = (): Pause | undefined => this.#pause;

  /** Drops an operation that was refused: the person has decided. */
  dismiss({ ticket_id, id }: Pick<Operation, 'ticket_id' | 'id'>): void {
    this.#replace(
      ticket_id,
      this.of(ticket_id).filter((one) => one.id !== id || one.refusal === undefined),
    );
  }

  /** The person's role has changed: what was refused for it can be done anew. What was typed stays until they decide. */
  roleChanged(): void {
    for (const operation of this.all()) {
      const { change, refusal } = operation;
      const is_typed = change.kind === 'comment' || (change.kind === 'edit' && isText(change.field));
      if (refusal?.code === 'forbidden' && !is_typed) this.dismiss(operation);
    }
  }

  /** Sends a refused operation again, as a new one based on the ticket as it is now. */
  again({ id, ticket_id, ticket_key, workspace_id, change }: Operation): void {
    this.dismiss({ ticket_id, id });
    const version = this.#parts.tickets.known(ticket_id)?.version;
    if (version !== undefined) this.add({ workspace_id, ticket_id, ticket_key }, change, version);
  }

  /** Calls the listener whenever an operation was done or refused. */
  onSettled(listener: Settled): () => void {
    this.#settled.add(listener);
    return () => void this.#settled.delete(listener);
  }

  /** Sends what waits: the server is there again, or somebody signed in again. */
  resume(): void {
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
    this.#is_stopped = false;
    for (const ticket_id of [...this.#queues.keys()]) void this.#work(ticket_id);
  }

  /** Forgets all operations without sending them; they stay on the disk. Somebody else has signed in. */
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
    this.#change(sent);
    const { act } = sent;
    const outcome = await (act === undefined ? this.#parts.send(sent) : this.#together.send(sent));
    // Dropped meanwhile: what came of it is read with everything else.
    if (!this.of(sent.ticket_id).some(({ id }) => id === sent.id)) return;
    if (outcome.kind === 'later') return this.#sleep(outcome.cause);
    this.#wake();
    if (outcome.kind === 'done') this.#finish(sent, outcome);
    else await this.#refuse(sent, outcome);
  }

  #finish(done: Operation, outcome: Extract<Outcome, { kind: 'done' }>): void {
    const { tickets, now } = this.#parts;
    const { ticket, deleted } = outcome;
    if (ticket !== undefined) tickets.receive([ticket], tickets.ask());
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
    // What refused it is newer than what is known: the rest of the queue and the person decide by that.
    const { workspace_id, ticket_id } = refused;
    if (isStale(refusal, knows?.version, current?.version)) await this.#parts.read({ workspace_id, ticket_id });
    const status = current?.status ?? this.#parts.tickets.known(ticket_id)?.status;
    this.#replace(ticket_id, afterRefusal(this.of(ticket_id), refused, refusal, status));
    this.#tell(refused, outcome);
  }

  #sleep(cause: Cause): void {
    const { now, wait } = this.#parts;
    // Of many in one request, each comes here.
    if (this.#is_stopped && this.#pause?.cause === cause) return;
    this.#is_stopped = true;
    this.#stopWaiting?.();
    const ms = waitAfter(this.#tries++);
    this.#pause = { cause, since: this.#pause?.since ?? now(), ...(cause !== 'session' && { next_at: now() + ms }) };
    // A session that ended is taken up by signing in, and by nothing else.
    this.#stopWaiting = cause === 'session' ? undefined : wait(ms, () => this.#tryOne());
    this.#changed.emit();
  }

  /** Sends the operations of one ticket, or of one request, to see whether the server is there. */
  #tryOne(): void {
    this.#is_stopped = false;
    const [first] = this.#queues.keys();
    if (first === undefined) return;
    const next = nextOf(this.of(first));
    const name = next?.together?.key;
    const is_with = (id: string) => id === first || (name !== undefined && nextOf(this.of(id))?.together?.key === name);
    for (const id of [...this.#queues.keys()].filter(is_with)) void this.#work(id);
  }

  /** The server is there: whatever else waits is sent. */
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

  /** One operation of a queue as it is now. */
  #change(operation: Operation): void {
    const { ticket_id, id } = operation;
    this.#replace(
      ticket_id,
      this.of(ticket_id).map((one) => (one.id === id ? operation : one)),
    );
  }

  /** The queue as it is now: kept on the disk, drawn, and told. */
  #replace(ticket_id: string, queue: readonly Operation[]): void {
    const before = this.of(ticket_id);
    // A disk that takes nothing stops nobody: what is on the page is sent all the same.
    const keep = (written: Promise<void>) => void written.catch(() => undefined);
    for (const one of queue) if (!before.includes(one)) keep(this.#parts.outbox.put(one));
    for (const { id } of before) if (!queue.some((one) => one.id === id)) keep(this.#parts.outbox.remove(id));
    this.#set(ticket_id, queue);
    this.#changed.emit();
  }

  #set(ticket_id: string, queue: readonly Operation[]): void {
    if (queue.length === 0) this.#queues.delete(ticket_id);
    else this.#queues.set(ticket_id, [...queue]);
    this.#parts.tickets.lay(ticket_id, laidOver(queue));
  }
}

const none: readonly Operation[] = [];
