import { apply, type Change, type KnownTicket, type ReceivedTicket } from './changes.ts';
import { Signal } from './signal.ts';

interface Known {
  ticket: KnownTicket;
  /**
   * When the response was requested, on the store's own clock. Of two responses with one version, the later one is
   * newer.
   */
  asked: number;
}

/** What is known of a deletion. */
interface Deletion {
  version?: number | undefined;
  deleted_by?: string | undefined;
  /** When the response that says so was requested; by default now. */
  asked?: number;
}

/** More tickets than anybody looks at. Beyond this number, the ones that were received first are forgotten. */
const max_known = 20_000;

const later = (a: string, b: string): string => (a > b ? a : b);

/** Combines two responses: an older version never replaces a newer one, whichever arrives last. */
export function newest(known: Known | undefined, received: ReceivedTicket, asked: number): Known {
  const description = 'description' in received ? received.description : undefined;
  const told = description === undefined ? {} : { description, description_version: received.version };
  if (known === undefined) return { ticket: { ...received, ...told }, asked };
  const { ticket: had } = known;
  const last_activity_at = later(had.last_activity_at, received.last_activity_at);
  const kept = { description: had.description, description_version: had.description_version };
  const knows_more = description !== undefined && received.version >= (had.description_version ?? 0);
  const texts = knows_more ? told : kept;
  // Fields outside of the version, such as the transitions that the caller's role allows, are taken from the later
  // request.
  const is_newer = received.version > had.version || (received.version === had.version && asked >= known.asked);
  if (is_newer) {
    const excerpt = 'excerpt' in received ? received.excerpt : received.version > had.version ? undefined : had.excerpt;
    return { ticket: { ...received, excerpt, ...texts, last_activity_at }, asked };
  }
  return { ticket: { ...had, ...texts, last_activity_at }, asked: known.asked };
}

/** All known tickets by id: the server's latest state, with the person's unsent changes on top. */
export class Tickets {
  readonly #known = new Map<string, Known>();
  readonly #ids = new Map<string, string>();
  readonly #over = new Map<string, readonly Change[]>();
  readonly #shown = new Map<string, KnownTicket | undefined>();
  readonly #any = new Signal();
  readonly #each = new Map<string, Signal>();
  #asked = 0;
  #revision = 0;

  /** Returns a number that grows with every change of any ticket. */
  readonly revision = (): number => this.#revision;
  /** Calls the listener on every change of any ticket. */
  readonly subscribe = this.#any.subscribe;

  /** Call this when sending a request; pass the number to `receive` with the response. */
  ask(): number {
    return ++this.#asked;
  }

  /** Stores the tickets of a response. */
  receive(tickets: readonly ReceivedTicket[], asked: number): void {
    for (const ticket of tickets) {
      this.#known.set(ticket.id, newest(this.#known.get(ticket.id), ticket, asked));
      this.#ids.set(ticket.key, ticket.id);
    }
    this.#forgetFirst();
    this.#changed(tickets.map(({ id }) => id));
  }

  /**
   * Marks a ticket as deleted, in this version or, if the ticket just can't be read any more, in any version, unless a
   * response to a later request than `asked` says otherwise. Responses that were requested earlier don't restore it.
   */
  deleted(id: string, deleted_at: string, { version, deleted_by, asked = this.ask() }: Deletion = {}): void {
    const known = this.#known.get(id);
    if (known === undefined || (version !== undefined && known.ticket.version >= version)) return;
    if (version === undefined && known.asked > asked) return;
    const ticket = {
      ...known.ticket,
      deleted_at: known.ticket.deleted_at ?? deleted_at,
      deleted_by,
      allowed_transitions: [],
    };
    this.#known.set(id, { ticket: { ...ticket, version: version ?? ticket.version }, asked });
    this.#changed([id]);
  }

  /** Records that somebody commented on a ticket, which does not change its version. */
  touched(id: string, at: string): void {
    const known = this.#known.get(id);
    if (known === undefined || known.ticket.last_activity_at >= at) return;
    this.#known.set(id, { ...known, ticket: { ...known.ticket, last_activity_at: at } });
    this.#changed([id]);
  }

  /** Sets the changes that are shown on top of a ticket. */
  lay(id: string, changes: readonly Change[]): void {
    if (changes.length === 0) this.#over.delete(id);
    else this.#over.set(id, changes);
    this.#changed([id]);
  }

  /** Forgets all tickets, because the person left the workspace or signed out. */
  clear(): void {
    const ids = [...this.#known.keys()];
    this.#known.clear();
    this.#ids.clear();
    this.#over.clear();
    this.#changed(ids);
  }

  /** Returns the server's latest state of a ticket. */
  known(id: string): KnownTicket | undefined {
    return this.#known.get(id)?.ticket;
  }

  /**
   * Returns a ticket as it is shown: the latest state with the unsent changes on top. The same object until something
   * changes.
   */
  readonly shown = (id: string): KnownTicket | undefined => {
    if (!this.#shown.has(id)) {
      const known = this.known(id);
      this.#shown.set(id, known && (this.#over.get(id) ?? []).reduce(apply, known));
    }
    return this.#shown.get(id);
  };

  /** Returns the id of a known ticket by its key or id. */
  idOf(ref: string): string | undefined {
    return this.#ids.get(ref.toUpperCase()) ?? (this.#known.has(ref) ? ref : undefined);
  }

  /** Returns all known tickets, as they are shown. */
  all(): KnownTicket[] {
    return [...this.#known.keys()].flatMap((id) => this.shown(id) ?? []);
  }

  /** Calls the listener on every change of one ticket. */
  watch(id: string, listener: () => void): () => void {
    let signal = this.#each.get(id);
    if (signal === undefined) this.#each.set(id, (signal = new Signal()));
    return signal.subscribe(listener);
  }

  #forgetFirst(): void {
    for (const [id, { ticket }] of this.#known) {
      if (this.#known.size <= max_known) return;
      if (this.#over.has(id)) continue;
      this.#known.delete(id);
      this.#ids.delete(ticket.key);
      this.#shown.delete(id);
    }
  }

  #changed(ids: readonly string[]): void {
    if (ids.length === 0) return;
    this.#revision++;
    for (const id of ids) this.#shown.delete(id);
    for (const id of ids) this.#each.get(id)?.emit();
    this.#any.emit();
  }
}
