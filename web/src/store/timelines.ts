import type { Timeline } from './timeline.ts';

/** How many tickets' stories are kept after the tickets were closed. */
const max_timelines = 20;

/** The stories of the tickets that were opened last. */
export class Timelines {
  readonly #make: (ticket_id: string) => Timeline;
  readonly #known = new Map<string, Timeline>();

  constructor(make: (ticket_id: string) => Timeline) {
    this.#make = make;
  }

  /** Returns a ticket's story, if it is kept. */
  get(ticket_id: string): Timeline | undefined {
    return this.#known.get(ticket_id);
  }

  /** Returns the story of a ticket that is opened. */
  of(ticket_id: string): Timeline {
    const known = this.#known.get(ticket_id) ?? this.#make(ticket_id);
    this.#known.delete(ticket_id);
    this.#known.set(ticket_id, known);
    for (const [oldest] of this.#known) if (this.#known.size > max_timelines) this.#known.delete(oldest);
    return known;
  }

  /** Forgets all stories. */
  clear(): void {
    this.#known.clear();
  }
}
