/**
 * What one person may have waiting here, and all together. What is more is found again when there is room; who has least is never without a
 * place because others have much.
 */
const most_of_one = 1_000;
const most_of_all = 20_000;

/**
 * What is to be done, in turns by whose it is: what somebody has much of delays what another has by one step at a time. It keeps
 * nothing that the database doesn't have: what is lost here is found again.
 */
export class Turns<T> {
  /** Everybody's line, in the order of their turns. */
  readonly #lines = new Map<string, Map<string, T>>();
  /** The lines of each length, so that a longest one is found without a look at all of them. */
  readonly #of_length = Array.from({ length: most_of_one + 1 }, () => new Set<Map<string, T>>());
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Puts something at the end of somebody's line. What is in it already keeps its place, and is replaced. */
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

  /** Takes the first of whose turn it is. Who has more goes behind the others. */
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

  /** Drops the last of a longest line for somebody who has fewer; tells whether there is such a line. */
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
