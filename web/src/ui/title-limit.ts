import { t } from './text.ts';

/** The longest title of a ticket. No field cuts what is pasted into it: it says how much is too much. */
const max_title = 512;

/** How much longer a title is than it may be, in words; undefined where it fits. */
export function overTitle(title: string): string | undefined {
  const over = title.trim().length - max_title;
  if (over <= 0) return undefined;
  return t('{over, plural, one {# character} other {# characters}} too many: a title has at most {max}.', {
    over,
    max: max_title,
  });
}
