import { t } from './text.ts';

/**
 * The longest title of a ticket. Fields don't cut a longer text when it is pasted; they say by how much it is too long.
 */
const max_title = 512;

/** Describes by how much a title is too long; undefined if it fits. */
export function overTitle(title: string): string | undefined {
  const over = title.trim().length - max_title;
  if (over <= 0) return undefined;
  return t('{over, plural, one {# character} other {# characters}} too many: a title has at most {max}.', {
    over,
    max: max_title,
  });
}
