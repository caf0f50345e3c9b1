import type { Person } from 'baton-sdk';
import { Signal } from './signal.ts';

/** The most ids in one request. */
const max_ids = 100;
/** Names requested within this time are requested together. */
const batch_ms = 10;
/** How long to wait before requesting names again that could not be read. */
const retry_ms = 5_000;

/** Reads the names of people, former members included. */
type LoadPeople = (workspace_id: string, ids: readonly string[]) => Promise<readonly Person[]>;

/** The people of one workspace by their ids, requested in batches when needed. */
export class People {
  readonly #load: LoadPeople;
  readonly #workspace_id: string;
  readonly #known = new Map<string, Person>();
  /** The ids that were requested, or that belong to nobody. */
  readonly #asked = new Set<string>();
  readonly #changed = new Signal();
  #wanted = new Set<string>();

  readonly subscribe = this.#changed.subscribe;

  constructor(workspace_id: string, load: LoadPeople) {
    this.#workspace_id = workspace_id;
    this.#load = load;
  }

  /** Returns a person, if they are known. */
  readonly get = (id: string): Person | undefined => this.#known.get(id);

  /** Requests the people who aren't known yet. */
  want(ids: readonly string[]): void {
    const missing = ids.filter((id) => !this.#known.has(id) && !this.#asked.has(id));
    if (missing.length === 0) return;
    if (this.#wanted.size === 0) setTimeout(() => void this.#ask(), batch_ms);
    for (const id of missing) {
      this.#asked.add(id);
      this.#wanted.add(id);
    }
  }

  /** Stores the people in a response. */
  receive(people: readonly Person[]): void {
    if (people.length === 0) return;
    for (const person of people) this.#known.set(person.user_id, person);
    this.#changed.emit();
  }

  /** Forgets a person who joined, left or got another role, so that they are requested again when needed. */
  forget(id: string): void {
    this.#known.delete(id);
    this.#asked.delete(id);
    this.#changed.emit();
  }

  async #ask(): Promise<void> {
    const ids = [...this.#wanted];
    this.#wanted = new Set();
    for (let at = 0; at < ids.length; at += max_ids) {
      const some = ids.slice(at, at + max_ids);
      try {
        this.receive(await this.#load(this.#workspace_id, some));
      } catch {
        setTimeout(() => this.#again(some), retry_ms);
      }
    }
  }

  #again(ids: readonly string[]): void {
    for (const id of ids) this.#asked.delete(id);
    this.#changed.emit();
  }
}
