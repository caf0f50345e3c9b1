import type { KnownTicket, ReceivedTicket } from '../store/changes.ts';
import { Signal } from '../store/signal.ts';
import type { Tickets } from '../store/tickets.ts';
import { compare, type ListInput, type Position, positionIn, type Sort } from './filters.ts';

interface Page {
  data: readonly ReceivedTicket[];
  next_cursor: string | null;
}

export interface ListParts {
  tickets: Tickets;
  input: ListInput & { sort: Sort };
  /** Returns whether the server would list a ticket. */
  belongs: (ticket: KnownTicket) => boolean;
  load: (input: ListInput & { limit: number; cursor?: string }) => Promise<Page>;
  /** Reads a ticket again that is no longer in the list. */
  read: (id: string) => void;
}

export interface ListState {
  /** `first`: nothing is known yet. `more`: another page is being read. */
  loading: 'first' | 'more' | 'no';
  error: unknown;
  has_more: boolean;
}

const first_page = 50;
const page_size = 100;

/**
 * A list of the server, read page by page. Its tickets are chosen from all known tickets, so that a ticket that changes
 * appears, disappears or moves by itself. It contains nothing beyond the last page that was read.
 */
export class TicketList {
  readonly #parts: ListParts;
  readonly #changed = new Signal();
  #state: ListState = { loading: 'first', error: undefined, has_more: true };
  #cursor: string | undefined;
  /** The last position that was read; undefined before the first page and after the last one. */
  #end: Position | undefined;
  #read = 0;
  #rows: readonly KnownTicket[] = [];
  #rows_of = -1;
  #busy: Promise<void> | undefined;
  #begun: Page | undefined;

  readonly subscribe: (listener: () => void) => () => void;

  constructor(parts: ListParts) {
    this.#parts = parts;
    this.subscribe = (listener) => {
      const stops = [this.#changed.subscribe(listener), parts.tickets.subscribe(listener)];
      return () => {
        for (const stop of stops) stop();
      };
    };
  }

  readonly state = (): ListState => this.#state;

  /** Returns the tickets of the list in its order. The same array until something changes. */
  readonly rows = (): readonly KnownTicket[] => {
    const { tickets, input, belongs } = this.#parts;
    if (this.#state.loading === 'first') return none;
    if (this.#rows_of === tickets.revision()) return this.#rows;
    this.#rows_of = tickets.revision();
    const end = this.#end;
    const found: { ticket: KnownTicket; position: Position }[] = [];
    for (const ticket of tickets.all()) {
      if (!belongs(ticket)) continue;
      const position = positionIn(input.sort, ticket);
      if (end === undefined || compare(position, end) <= 0) found.push({ ticket, position });
    }
    const rows = found.sort((a, b) => compare(a.position, b.position)).map(({ ticket }) => ticket);
    const is_same = rows.length === this.#rows.length && rows.every((row, index) => row === this.#rows[index]);
    if (!is_same) this.#rows = rows;
    return this.#rows;
  };

  /** Recomputes the list, because the rule for what belongs to it has changed. */
  reconsider(): void {
    this.#rows_of = -1;
    this.#changed.emit();
  }

  /** Reads the next page, unless one is already being read. */
  more(): Promise<void> {
    if (!this.#state.has_more) return Promise.resolve();
    return (this.#busy ??= this.#alone(this.#more()));
  }

  #alone(work: Promise<void>): Promise<void> {
    return work.finally(() => {
      this.#busy = undefined;
    });
  }

  /**
   * Takes a first page that was read together with other lists', whose tickets are in the store already. A list with more
   * pages, which were read before it was left, is reloaded: tickets may have come to them since.
   */
  async begin(page: Page): Promise<void> {
    if (page === this.#begun) return;
    this.#begun = page;
    if (this.#busy === undefined && this.#read <= page.data.length) this.#take(page, page.data.length);
    else await this.renew();
  }

  /** Records that reading the first page together with other lists' has failed. */
  failed(error: unknown): void {
    if (this.#state.loading === 'first') this.#set({ ...this.#state, error });
  }

  async #more(): Promise<void> {
    const is_first = this.#read === 0;
    this.#set({ ...this.#state, loading: is_first ? 'first' : 'more', error: undefined });
    try {
      this.#take(await this.#page(is_first ? first_page : page_size, this.#cursor));
    } catch (error) {
      this.#set({ ...this.#state, loading: is_first ? 'first' : 'no', error });
    }
  }

  /** Reloads the list if it was read or has failed; does nothing if it was never requested. */
  async renewIfRead(): Promise<void> {
    if (this.#read > 0 || !this.#state.has_more || this.#state.error !== undefined) await this.renew();
  }

  /** Reloads the pages that were read, in place, because events may have been missed. */
  async renew(): Promise<void> {
    while (this.#busy !== undefined) await this.#busy;
    if (this.#read === 0 && this.#state.has_more) return this.more();
    // The next page waits: read at the same time, it would be forgotten at the end of this.
    await (this.#busy = this.#alone(this.#renew()));
  }

  async #renew(): Promise<void> {
    const had = this.rows().map(({ id }) => id);
    const [wanted, found] = [this.#read, new Set<string>()];
    let cursor: string | undefined;
    let read = 0;
    do {
      const page = await this.#page(page_size, cursor).catch(() => undefined);
      if (page === undefined) return;
      for (const { id } of page.data) found.add(id);
      read += page.data.length;
      cursor = page.next_cursor ?? undefined;
      if (read >= wanted || cursor === undefined) this.#take(page, read);
    } while (read < wanted && cursor !== undefined);
    for (const id of had) if (!found.has(id)) this.#parts.read(id);
  }

  async #page(limit: number, cursor: string | undefined): Promise<Page> {
    const { tickets, load, input } = this.#parts;
    const asked = tickets.ask();
    const page = await load({ ...input, limit, ...(cursor !== undefined && { cursor }) });
    tickets.receive(page.data, asked);
    return page;
  }

  /** Records a page as the last one that was read. */
  #take({ data, next_cursor }: Page, read = this.#read + data.length): void {
    const last = data.at(-1);
    this.#cursor = next_cursor ?? undefined;
    this.#read = read;
    if (next_cursor === null) this.#end = undefined;
    else if (last !== undefined) this.#end = positionIn(this.#parts.input.sort, last);
    this.#rows_of = -1;
    this.#set({ loading: 'no', error: undefined, has_more: next_cursor !== null });
  }

  #set(state: ListState): void {
    this.#state = state;
    this.#changed.emit();
  }
}

const none: readonly KnownTicket[] = [];
