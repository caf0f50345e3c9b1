import { timeZone } from '../store/preferences.ts';
import { dayIn, dayOf, mondayAfter } from '../ui/dates.ts';
import { hourOf } from '../ui/hours.ts';
import { t } from '../ui/text.ts';

/** The hour at which snoozed notifications come back. */
const morning = 9;
/** "Later today" is this many hours later, rounded up to the next half hour. */
const hours_later = 3;
const half_hour_ms = 30 * 60_000;

/** A time until which a notification can be snoozed. */
export interface Later {
  id: 'today' | 'tomorrow' | 'next_week';
  name: string;
  at: Date;
}

/** Returns 9:00 on a date such as `2026-12-04`, in the person's time zone. */
export const morningOn = (date: string): Date => hourOf(date, morning);

/** Returns the times to offer, without any that has passed or is offered under another name. */
export function laterThan(now: Date): Later[] {
  const later = new Date(Math.ceil((now.getTime() + hours_later * 2 * half_hour_ms) / half_hour_ms) * half_hour_ms);
  const [today, tomorrow] = [dayOf(now), dayIn(1, now)];
  const monday = mondayAfter(today);
  const all: Later[] = [
    { id: 'today', name: t('Later today'), at: later },
    { id: 'tomorrow', name: t('Tomorrow'), at: morningOn(tomorrow) },
    { id: 'next_week', name: t('Next week'), at: morningOn(monday) },
  ];
  return all.filter(({ id }) => (id === 'today' ? dayOf(later) === today : id === 'tomorrow' || monday !== tomorrow));
}

/** Formats a future time: "15:30" today, "Fri 4 Dec, 09:00" on another day. */
export function whenOf(at: Date, now: Date): string {
  const is_today = dayOf(at) === dayOf(now);
  const day = { weekday: 'short', day: 'numeric', month: 'short' } as const;
  return at.toLocaleString('en', {
    ...(!is_today && day),
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: timeZone(),
  });
}
