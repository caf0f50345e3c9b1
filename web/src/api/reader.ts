import { BatonApiError, type Ticket } from 'baton-sdk';
import type { Tickets } from '../store/tickets.ts';
import { client } from './client.ts';

/** Browsers open six connections to a host over HTTP/1.1, and one is the stream's. */
const parallel = 5;

/** All fields but the description: of a ticket that is only in a list, nobody sees it. The compiler names one that is missing. */
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

/** Reads tickets that have changed, some at once, and each once however often it changes meanwhile. */
export class Reader {
  readonly #tickets: Tickets;
  readonly #workspace_id: string;
  readonly #isMember: () => Promise<boolean>;
  /** Tickets that are shown with their descriptions, and by how many parts of the page. */
  readonly #open = new Map<string, number>();
  readonly #wanted = new Set<string>();
  #working = 0;

  /** `isMember`: whether the workspace is still there for who reads; throws where that is unknown. */
  constructor(tickets: Tickets, workspace_id: string, isMember: () => Promise<boolean>) {
    this.#tickets = tickets;
    this.#workspace_id = workspace_id;
    this.#isMember = isMember;
  }

  /** How many tickets wait to be read. */
  waiting(): number {
    return this.#wanted.size;
  }

  /** The tickets that are shown with their descriptions. */
  opened(): string[] {
    return [...this.#open.keys()];
  }

  /** Reads a ticket soon. */
  want(id: string): void {
    this.#wanted.add(id);
    if (this.#working < parallel) void this.#work();
  }

  /** Reads nothing more of what is wanted. */
  stop(): void {
    this.#wanted.clear();
  }

  /** From now on the ticket is read with its description, until the function it returns is called. */
  open(id: string): () => void {
    this.#open.set(id, (this.#open.get(id) ?? 0) + 1);
    return () => {
      const others = (this.#open.get(id) ?? 1) - 1;
      if (others === 0) this.#open.delete(id);
      else this.#open.set(id, others);
    };
  }

  /** Reads a ticket now, by id or key, with its description. Throws where it can't be read. */
  async read(ref: string): Promise<string> {
    const asked = this.#tickets.ask();
    try {
      const ticket = await client.get_ticket({ workspace_id: this.#workspace_id, ticket: ref });
      this.#tickets.receive([ticket], asked);
      return ticket.id;
    } catch (error) {
      // To who left the workspace nothing of it is found: that is no news of the ticket.
      if (isNotFound(error)) await this.#isMember();
      throw error;
    }
  }

  /** Reads a ticket that is known. One that is no longer there is marked as deleted. */
  async again(id: string): Promise<void> {
    const asked = this.#tickets.ask();
    const fields = this.#open.has(id) ? {} : { fields: without_description };
    try {
      const ticket = await client.get_ticket({ workspace_id: this.#workspace_id, ticket: id, ...fields });
      this.#tickets.receive([ticket], asked);
    } catch (error) {
      // What else fails is read again with what happens next, or when the stream is back.
      const is_gone = isNotFound(error) && (await this.#isMember().catch(() => false));
      if (is_gone) this.#tickets.deleted(id, new Date().toISOString());
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
