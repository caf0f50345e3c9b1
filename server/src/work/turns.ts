/**
 * How many things may wait, for one person and in total. Any beyond that are found again when there is room. A person
 * with few things gets a place even when others have taken all.
 */
const most_of_one = 1_000;
const most_of_all = 20_000;

/**
 * What is to be done, in turns by person: somebody with much to do delays everybody else by only one step at a time.
 * The database has all of it, so what is lost here is found again.
 */
export class Turns<T> {
  /** Everybody's waiting line, in the order of their turns. */
  readonly #lines = new Map<string, Map<string, T>>();
  /** The lines of each length, so that a longest one is found without a look at all of them. */
  readonly #of_length = Array.from({ length: most_of_one + 1 }, () => new Set<Map<string, T>>());
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds something to the end of a person's line. If its id is already there, it replaces that one in its place. */
  add(whose: string, id: string, one: T): void {
    const line = this.#lines.get(whose) ?? new Map<string, T>();
    if (line.has(id)) {
      line.set(id, one);
      return;
    }
    if (line.size >= most_of_one || (this.#size >= most_of_all && !this.#makeRoom(line.size))) return;
    this.#change(line, () => line.set(id, one));
    this.#lines.set(whose, line);
  }

  /** Takes the first thing of the person whose turn it is. If they have more, they go behind the others. */
  next(): T | undefined {
    const [first] = this.#lines;
    if (first === undefined) return undefined;
    const [whose, line] = first;
    const [[id, one] = []] = line;
    this.#lines.delete(whose);
    if (id === undefined) return undefined;
    this.#change(line, () => line.delete(id));
    if (line.size > 0) this.#lines.set(whose, line);
    return one;
  }

  /** Drops the last thing of a longest line for somebody with a shorter one. Returns whether there is such a line. */
  #makeRoom(has: number): boolean {
    const [longest] = this.#of_length.findLast((lines) => lines.size > 0) ?? [];
    if (longest === undefined || longest.size <= has + 1) return false;
    const [last] = [...longest.keys()].slice(-1);
    if (last !== undefined) this.#change(longest, () => longest.delete(last));
    return true;
  }

  #change(line: Map<string, T>, by: () => unknown): void {
    const before = line.size;
    this.#of_length[before]?.delete(line);
    by();
    this.#size += line.size - before;
    if (line.size > 0) this.#of_length[line.size]?.add(line);
  }
}
