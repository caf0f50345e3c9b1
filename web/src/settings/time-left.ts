import { t } from '../ui/text.ts';

const hour_ms = 3_600_000;
const day_ms = 24 * hour_ms;

/** Formats how long something is still valid. */
export function leftOf(at: Date, now: Date): string {
  const left_ms = at.getTime() - now.getTime();
  if (left_ms <= 0) return t('expired');
  if (left_ms < hour_ms) return t('expires within the hour');
  if (left_ms < 2 * day_ms)
    return t('expires in {hours, plural, one {# hour} other {# hours}}', { hours: Math.floor(left_ms / hour_ms) });
  return t('expires in {days} days', { days: Math.round(left_ms / day_ms) });
}

/** Returns whether something ends so soon that somebody should act. */
export const isSoon = (at: Date, now: Date): boolean => at.getTime() - now.getTime() < 7 * day_ms;
