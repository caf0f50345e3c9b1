/** Runs work over items as they come, a bounded number at a time; the first failure ends it. */
export async function eachOf<T>(
  items: Iterable<T> | AsyncIterable<T>,
  at_once: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const source: Iterator<T> | AsyncIterator<T> =
    Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  let turn: Promise<unknown> = Promise.resolve();
  // One asks the source at a time: an async generator's values then come in order.
  const take = () => {
    const next = turn.then(() => source.next());
    turn = next.catch(() => undefined);
    return next;
  };
  const worker = async () => {
    for (let next = await take(); next.done !== true; next = await take()) await work(next.value);
  };
  await Promise.all(Array.from({ length: at_once }, worker));
}
