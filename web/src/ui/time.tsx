import { useSyncExternalStore } from 'react';
import { cell } from '../store/cell.ts';
import { agoOf, dayOf, dueOf, exactOf } from './dates.ts';
import { t } from './text.ts';
import { useCell } from './use-cell.ts';
import './marks.css';

/** The current time, updated once a minute by one timer for the whole page. */
const now = cell(new Date());
setInterval(() => now.set(new Date()), 60_000);

/** Returns today's date in the person's time zone. The component is drawn again after midnight. */
export const useToday = (): string => useSyncExternalStore(now.subscribe, () => dayOf(now.get()));

/** Shows how long ago something was, such as "5 min ago", with the exact time as a tooltip. */
export function Time({ at }: { at: string }) {
  const date = new Date(at);
  return (
    <time dateTime={at} title={exactOf(date)}>
      {agoOf(date, useCell(now))}
    </time>
  );
}

/** A due date. If it has passed, words say so as well as the colour, unless the ticket is done. */
export function DueDate({ due_on, is_done }: { due_on: string; is_done: boolean }) {
  const { text, exact, state } = dueOf(due_on, useCell(now), is_done);
  return (
    <time dateTime={due_on} title={exact} className={`due due-${state}`}>
      {text}
      {state === 'overdue' && <span className="hidden">{t('overdue')}</span>}
    </time>
  );
}
