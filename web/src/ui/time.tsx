import { useSyncExternalStore } from 'react';
import { cell } from '../store/cell.ts';
import { agoOf, dayOf, dueOf, exactOf } from './dates.ts';
import { t } from './text.ts';
import { useCell } from './use-cell.ts';
import './marks.css';

/** The time, once a minute: one timer for everything on the page that shows how long ago something was. */
const now = cell(new Date());
setInterval(() => now.set(new Date()), 60_000);

/** Today's date where the person is; another one after midnight. */
export const useToday = (): string => useSyncExternalStore(now.subscribe, () => dayOf(now.get()));

/** When something was, as "5 min ago"; pointed at, to the second. */
export function Time({ at }: { at: string }) {
  const date = new Date(at);
  return (
    <time dateTime={at} title={exactOf(date)}>
      {agoOf(date, useCell(now))}
    </time>
  );
}

/** A due date. That it has passed is said in words too; of a ticket that is done, it is a date like any other. */
export function DueDate({ due_on, is_done }: { due_on: string; is_done: boolean }) {
  const { text, exact, state } = dueOf(due_on, useCell(now), is_done);
  return (
    <time dateTime={due_on} title={exact} className={`due due-${state}`}>
      {text}
      {state === 'overdue' && <span className="hidden">{t('overdue')}</span>}
    </time>
  );
}
