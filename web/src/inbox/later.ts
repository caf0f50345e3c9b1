import { t } from '../ui/text.ts';

/** When a day begins for who comes back to something. */
const morning = 9;
/** What is put off to later that day comes back after so many hours, at a full half hour. */
const hours_later = 3;
const half_hour_ms = 30 * 60_000;

/** A time to which a notification can be put off. */
export interface Later {
  id: 'today' | 'tomorrow' | 'next_week';
  name: string;
  at: Date;
}

/** Nine in the morning of a day, where the person is: in some time zones, and on some days, that is not 24 hours after the last. */
const morningOf = (now: Date, days: number) =>
  new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, morning);

/** Nine in the morning of a date such as `2026-12-04`, where the person is. */
export function morningOn(date: string): Date {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  return new Date(year, month - 1, day, morning);
}

/** The times that are offered: those that are still to come, and each once. */
export function laterThan(now: Date): Later[] {
  const later = new Date(Math.ceil((now.getTime() + hours_later * 2 * half_hour_ms) / half_hour_ms) * half_hour_ms);
  const monday = (8 - now.getDay()) % 7 || 7;
  const all: Later[] = [
    { id: 'today', name: t('Later today'), at: later },
    { id: 'tomorrow', name: t('Tomorrow'), at: morningOf(now, 1) },
    { id: 'next_week', name: t('Next week'), at: morningOf(now, monday) },
  ];
  return all.filter(({ id }) => (id === 'today' ? later.getDate() === now.getDate() : id === 'tomorrow' || monday > 1));
}

/** A time to come: "15:30" today, "Fri 4 Dec, 09:00" on another day. */
export function whenOf(at: Date, now: Date): string {
  const is_today = at.toDateString() === now.toDateString();
  const day = { weekday: 'short', day: 'numeric', month: 'short' } as const;
  return at.toLocaleString('en', { ...(!is_today && day), hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}
