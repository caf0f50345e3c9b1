import { t } from '../ui/text.ts';

/**
 * Returns round numbers from 0 to at least the largest value, about `about` of them, in steps of 1, 2 or 5 times a
 * power of ten.
 */
export function ticksTo(largest: number, about = 4, smallest_step = 1): number[] {
  const rough = Math.max(largest / about, smallest_step);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? rough;
  const count = Math.max(1, Math.ceil(largest / step));
  return Array.from({ length: count + 1 }, (_, n) => n * step);
}

/** Returns a function that maps a range of values linearly to a range of pixels. */
export const scale =
  ([from, to]: readonly [number, number], [start, end]: readonly [number, number]) =>
  (value: number): number =>
    to === from ? start : start + ((value - from) / (to - from)) * (end - start);

/**
 * Returns evenly spread indices out of `count`, each with at least `room` pixels. The last index is always included.
 */
export function spread(count: number, width: number, room: number): number[] {
  if (count === 0) return [];
  const every = Math.max(1, Math.ceil((count * room) / Math.max(width, 1)));
  const first = (count - 1) % every;
  return Array.from({ length: Math.ceil((count - first) / every) }, (_, n) => first + n * every);
}

const minute_s = 60;
const hour_s = 3_600;
const day_s = 86_400;

/** The round steps for durations, in seconds. */
const time_steps = [
  minute_s,
  5 * minute_s,
  15 * minute_s,
  hour_s,
  3 * hour_s,
  6 * hour_s,
  12 * hour_s,
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000].map((days) => days * day_s),
];

/** Returns round durations from 0 to at least the longest. */
export function timeTicksTo(longest_s: number, about = 4): number[] {
  const step = time_steps.find((one) => one * about >= longest_s) ?? time_steps.at(-1) ?? day_s;
  const count = Math.max(1, Math.ceil(longest_s / step));
  return Array.from({ length: count + 1 }, (_, n) => n * step);
}

const rounded = (value: number) => (value < 10 ? Math.round(value * 10) / 10 : Math.round(value));

/** Formats a duration with its largest suitable unit: "3.5 d", "12 h", "5 min". */
export function durationOf(seconds: number): string {
  if (seconds < minute_s) return t('{seconds} s', { seconds: Math.round(seconds) });
  if (seconds < 1.5 * hour_s) return t('{minutes} min', { minutes: Math.round(seconds / minute_s) });
  if (seconds < 2 * day_s) return t('{hours} h', { hours: rounded(seconds / hour_s) });
  return t('{days} d', { days: rounded(seconds / day_s) });
}
