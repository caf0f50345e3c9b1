import { apply, type Change, type KnownTicket, type ReceivedTicket } from './changes.ts';
import { Signal } from './signal.ts';

interface Known {
  ticket: KnownTicket;
  /** When its response was asked for, on the store's own clock: of two of one version, the later knows more. */
  asked: number;
}

/** More tickets than anybody looks at. Beyond it, those that were received first are forgotten. */
const max_known = 20_000;

const later = (a: string, b: string): string => (a > b ? a : b);

/** What two responses say together: a newer version is never replaced by an older one, whichever arrives last. */
export function newest(known: Known | undefined, received: ReceivedTicket, asked: number): Known {
  const description = 'description' in received ? received.description : undefined;
  const told = description === undefined ? {} : { description, description_version: received.version };
  if (known === undefined) return { ticket: { ...received, ...told }, asked };
  const { ticket: had } = known;
  const last_activity_at = later(had.last_activity_at, received.last_activity_at);
  const kept = { description: had.description, description_version: had.description_version };
  const knows_more = description !== undefined && received.version >= (had.description_version ?? 0);
  const texts = knows_more ? told : kept;
  // What has no version of its own (what the caller's role may do next) goes by when it was asked for.
  const is_newer = received.version > had.version || (received.version === had.version && asked >= known.asked);
  if (is_newer) {
    const excerpt = 'excerpt' in received ? received.excerpt : received.version > had.version ? undefined : had.excerpt;
    return { ticket: { ...received, excerpt, ...texts, last_activity_at }, asked };
  }
  return { ticket: { ...had, ...texts, last_activity_at }, asked: known.asked };
}

/** Every ticket once, by id: what the server said last, with what the person did since laid over it. */
export class Tickets {
  readonly #known = new Map<string, Known>();
  readonly #ids = new Map<string, string>();
  readonly #over = new Map<string, readonly Change[]>();
  readonly #shown = new Map<string, KnownTicket | undefined>();
  readonly #any = new Signal();
  readonly #each = new Map<string, Signal>();
  #asked = 0;
  #revision = 0;

  /** Counts every change of any ticket. */
  readonly revision = (): number => this.#revision;
  /** Calls the listener on every change of any ticket. */
  readonly subscribe = this.#any.subscribe;

  /** To be called as a request is sent; its response is received with this number. */
  ask(): number {
    return ++this.#asked;
  }

  /** Takes in what a response says of tickets. */
  receive(tickets: readonly ReceivedTicket[], asked: number): void {
    for (const ticket of tickets) {
      this.#known.set(ticket.id, newest(this.#known.get(ticket.id), ticket, asked));
      this.#ids.set(ticket.key, ticket.id);
    }
    this.#forgetFirst();
    this.#changed(tickets.map(({ id }) => id));
  }

  /**
   * Takes in that a ticket was deleted, in this version; or that it can't be read any more, in whichever. A response that was
   * asked for before does not bring it back.
   */
  deleted(id: string, deleted_at: string, version?: number, deleted_by?: string): void {
    const known = this.#known.get(id);
    if (known === undefined || (version !== undefined && known.ticket.version >= version)) return;
    const ticket = {
      ...known.ticket,
      deleted_at: known.ticket.deleted_at ?? deleted_at,
      deleted_by,
      allowed_transitions: [],
    };
    this.#known.set(id, { ticket: { ...ticket, version: version ?? ticket.version }, asked: this.ask() });
    this.#changed([id]);
  }

  /** Takes in that somebody commented on a ticket: that has no version. */
  touched(id: string, at: string): void {
    const known = this.#known.get(id);
    if (known === undefined || known.ticket.last_activity_at >= at) return;
    this.#known.set(id, { ...known, ticket: { ...known.ticket, last_activity_at: at } });
    this.#changed([id]);
  }

  /** Lays these changes over a ticket, in place of those before. */
  lay(id: string, changes: readonly Change[]): void {
    if (changes.length === 0) this.#over.delete(id);
    else this.#over.set(id, changes);
    this.#changed([id]);
  }

  /** Drops all that is known: the person left the workspace, or signed out. */
  clear(): void {
    const ids = [...this.#known.keys()];
    this.#known.clear();
    this.#ids.clear();
    this.#over.clear();
    this.#changed(ids);
  }

  /** What the server said last. */
  known(id: string): KnownTicket | undefined {
    return this.#known.get(id)?.ticket;
  }

  /** What is shown: the newest that is known, with what was done since. The same object until something changes. */
  readonly shown = (id: string): KnownTicket | undefined => {
    if (!this.#shown.has(id)) {
      const known = this.known(id);
      this.#shown.set(id, known && (this.#over.get(id) ?? []).reduce(apply, known));
    }
    return this.#shown.get(id);
  };

  /** The id of a ticket by its key or id, as far as it is known. */
  idOf(ref: string): string | undefined {
    return this.#ids.get(ref.toUpperCase()) ?? (this.#known.has(ref) ? ref : undefined);
  }

  /** All tickets that are known, as they are shown. */
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
