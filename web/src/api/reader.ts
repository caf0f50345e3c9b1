import { BatonApiError, type Ticket } from 'baton-sdk';
import type { Tickets } from '../store/tickets.ts';
import { client } from './client.ts';

/** Over HTTP/1.1, browsers open six connections to a host, and the stream of events uses one. */
const parallel = 5;

/** All fields except the description, which lists don't show. The compiler reports a missing field. */
const but_description: Record<Exclude<keyof Ticket, 'description'>, true> = {
  id: true,
  key: true,
  project_id: true,
  number: true,
  title: true,
  status: true,
  status_category: true,
  resolution: true,
  priority: true,
  labels: true,
  assignee_id: true,
  reporter_id: true,
  due_on: true,
  rank: true,
  version: true,
  created_at: true,
  updated_at: true,
  last_activity_at: true,
  deleted_at: true,
  allowed_transitions: true,
};
const without_description = Object.keys(but_description).join(',');

const isNotFound = (error: unknown) => error instanceof BatonApiError && error.is('not_found');

/** Reads changed tickets, several at once. A ticket that changes repeatedly while it waits is read once. */
export class Reader {
  readonly #tickets: Tickets;
  readonly #workspace_id: string;
  readonly #isMember: () => Promise<boolean>;
  /** The tickets that are shown with their descriptions, and how many parts of the page show each. */
  readonly #open = new Map<string, number>();
  readonly #wanted = new Set<string>();
  #working = 0;

  /** `isMember` returns whether the account still has access to the workspace; it throws if that is unknown. */
  constructor(tickets: Tickets, workspace_id: string, isMember: () => Promise<boolean>) {
    this.#tickets = tickets;
    this.#workspace_id = workspace_id;
    this.#isMember = isMember;
  }

  /** The number of tickets that wait to be read. */
  waiting(): number {
    return this.#wanted.size;
  }

  /** The tickets that are shown with their descriptions. */
  opened(): string[] {
    return [...this.#open.keys()];
  }

  /** Queues a ticket for reading. */
  want(id: string): void {
    this.#wanted.add(id);
    if (this.#working < parallel) void this.#work();
  }

  /** Drops the tickets that wait to be read. */
  stop(): void {
    this.#wanted.clear();
  }

  /** Reads this ticket with its description from now on, until the returned function is called. */
  open(id: string): () => void {
    this.#open.set(id, (this.#open.get(id) ?? 0) + 1);
    return () => {
      const others = (this.#open.get(id) ?? 1) - 1;
      if (others === 0) this.#open.delete(id);
      else this.#open.set(id, others);
    };
  }

  /**
   * Reads a ticket now, by id or key, with its description. Throws if it can't be read; a known one that no longer exists
   * is then marked as deleted.
   */
  async read(ref: string): Promise<string> {
    const asked = this.#tickets.ask();
    try {
      const ticket = await client.get_ticket({ workspace_id: this.#workspace_id, ticket: ref });
      this.#tickets.receive([ticket], asked);
      return ticket.id;
    } catch (error) {
      // Somebody who has left the workspace gets 404 for every ticket, so that says nothing about this one.
      if (isNotFound(error) && (await this.#isMember())) this.#gone(ref, asked);
      throw error;
    }
  }

  #gone(ref: string, asked: number): void {
    const id = this.#tickets.idOf(ref);
    if (id !== undefined) this.#tickets.deleted(id, new Date().toISOString(), { asked });
  }

  /** Reads a known ticket again, and marks it as deleted if it no longer exists. */
  async again(id: string): Promise<void> {
    const asked = this.#tickets.ask();
    const fields = this.#open.has(id) ? {} : { fields: without_description };
    try {
      const ticket = await client.get_ticket({ workspace_id: this.#workspace_id, ticket: id, ...fields });
      this.#tickets.receive([ticket], asked);
    } catch (error) {
      // After any other failure, the ticket is read again with its next event, or when the stream reconnects.
      if (isNotFound(error) && (await this.#isMember().catch(() => false))) this.#gone(id, asked);
    }
  }

  async #work(): Promise<void> {
    this.#working++;
    for (let [id] = this.#wanted; id !== undefined; [id] = this.#wanted) {
      this.#wanted.delete(id);
      await this.again(id);
    }
    this.#working--;
  }
}
