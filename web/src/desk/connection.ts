import { connection } from '../store/connection.ts';
import type { Desk } from './desk.ts';

/** How the console is connected, for the dot at the top: the stream, and what waits to be sent. */
function stateOf({ link, operations }: Desk): ReturnType<typeof connection.get> {
  const { state, since } = link.get();
  const pause = operations.pause();
  const is_unreachable = pause?.cause === 'unreachable';
  const waiting = operations.all().filter(({ refusal }) => refusal === undefined).length;
  if (state === 'offline' || (is_unreachable && state !== 'live')) {
    return { state: 'offline', since: Math.min(since, pause?.since ?? since), waiting };
  }
  if (is_unreachable) return { state: 'reconnecting', since: pause.since, waiting };
  return { state, since, waiting: state === 'live' ? 0 : waiting };
}

/** Shows how the desk is connected, until the function it returns is called. */
export function showConnection(desk: Desk): () => void {
  const update = () => {
    const [before, now] = [connection.get(), stateOf(desk)];
    const is_same = before.state === now.state && before.since === now.since && before.waiting === now.waiting;
    if (!is_same) connection.set(now);
  };
  const stops = [desk.link.subscribe(update), desk.operations.subscribe(update)];
  update();
  return () => {
    for (const stop of stops) stop();
  };
}
