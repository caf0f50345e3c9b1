import { exactOf } from '../ui/dates.ts';
import { isSoon, leftOf } from './time-left.ts';

/** Shows until when something is valid. With `warns`, what ends within a week stands out. */
export function Until({ at, warns = false }: { at: string; warns?: boolean }) {
  const [date, now] = [new Date(at), new Date()];
  return (
    <time dateTime={at} title={exactOf(date)} className={warns && isSoon(date, now) ? 'due-soon' : undefined}>
      {leftOf(date, now)}
    </time>
  );
}
