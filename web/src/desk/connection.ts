import { answering } from '../api/answering.ts';
import { next_try } from '../api/retrying.ts';
import { connection } from '../store/connection.ts';
import type { Desk } from './desk.ts';

/** Combines the stream's state and the waiting operations for the dot in the header. */
function stateOf({ link, operations }: Desk): ReturnType<typeof connection.get> {
  const { state, since } = link.get();
  const pause = operations.pause();
  const is_unreachable = pause?.cause === 'unreachable';
  const waiting = operations.all().filter(({ refusal }) => refusal === undefined).length;
  if (state === 'offline' || (is_unreachable && state !== 'live')) {
    return { state: 'offline', since: Math.min(since, pause?.since ?? since), waiting };
  }
  const answers = answering.get();
  if (is_unreachable || answers.state === 'failing') {
    return {
      state: 'unanswered',
      since: pause?.since ?? answers.since,
      waiting,
      next_at: pause?.next_at ?? next_try.get(),
    };
  }
  if (answers.state === 'slow' && state === 'live') return { state: 'slow', since: answers.since, waiting };
  return { state, since, waiting: state === 'live' ? 0 : waiting };
}

/** Shows the desk's connection state until the returned function is called. */
export function showConnection(desk: Desk): () => void {
  const update = () => {
    const [before, now] = [connection.get(), stateOf(desk)];
    const is_same =
      before.state === now.state &&
      before.since === now.since &&
      before.waiting === now.waiting &&
      before.next_at === now.next_at;
    if (!is_same) connection.set(now);
  };
  const sources = [desk.link, desk.operations, answering, next_try];
  const stops = sources.map((source) => source.subscribe(update));
  update();
  return () => {
    for (const stop of stops) stop();
  };
}
