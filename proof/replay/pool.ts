/** Runs work over items as they arrive, at most `at_once` at a time; the first failure ends it. */
export async function eachOf<T>(
  items: Iterable<T> | AsyncIterable<T>,
  at_once: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const source: Iterator<T> | AsyncIterator<T> =
    Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  let turn: Promise<unknown> = Promise.resolve();
  // Only one worker at a time asks the source, so the values of an async generator come in order.
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
