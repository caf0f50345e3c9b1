/** At most this many messages are shown, unless more of them are errors. */
const most = 3;
/** Beyond this many, even the oldest error is removed. */
const most_errors = 10;

interface Kind {
  kind?: 'done' | 'error';
}

/**
 * Returns the messages that stay when another one has come: the newest, and of the earlier ones all errors, which stay
 * until the person closes them. The oldest go first.
 */
export function shownOf<T extends Kind>(toasts: readonly T[]): T[] {
  const newest = toasts.slice(-1);
  const earlier = toasts.slice(0, -1);
  const errors = earlier.filter(({ kind }) => kind === 'error').slice(1 - most_errors);
  const room = Math.max(0, most - errors.length - newest.length);
  const others = earlier.filter(({ kind }) => kind !== 'error');
  const kept = new Set([...errors, ...others.slice(others.length - Math.min(room, others.length)), ...newest]);
  return toasts.filter((one) => kept.has(one));
}
