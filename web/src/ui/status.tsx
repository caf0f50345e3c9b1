import type { Priority as PriorityWord } from 'baton-sdk';
import { t } from './text.ts';
import './marks.css';

/** The icon of each category. Each has its own shape, so that nothing depends on colour alone. */
const shapes: Record<string, React.ReactNode> = {
  todo: <circle cx="8" cy="8" r="5.25" />,
  in_progress: (
    <>
      <circle cx="8" cy="8" r="5.25" />
      <path className="status-full" d="M8 5a3 3 0 0 1 0 6z" />
    </>
  ),
  waiting: (
    <>
      <circle cx="8" cy="8" r="5.25" />
      <path d="M6.5 6v4M9.5 6v4" />
    </>
  ),
  done: (
    <>
      <circle className="status-full" cx="8" cy="8" r="6" />
      <path className="status-tick" d="m5.25 8.25 2 2 3.5-4" />
    </>
  ),
};

/** The shape alone, for use in another drawing. An unknown category, from a newer server, is a circle. */
export const StatusShape = ({ category }: { category: string }) => (
  <g className={`icon status status-${category}`}>{shapes[category] ?? shapes['todo']}</g>
);

/** The icon of a status’s category, for use beside its name. */
export function StatusIcon({ category }: { category: string }) {
  return (
    <svg className={`icon status status-${category}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {shapes[category] ?? shapes['todo']}
    </svg>
  );
}

const levels: readonly PriorityWord[] = ['none', 'low', 'medium', 'high', 'urgent'];

const priority_names: Record<PriorityWord, () => string> = {
  none: () => t('No priority'),
  low: () => t('Low'),
  medium: () => t('Medium'),
  high: () => t('High'),
  urgent: () => t('Urgent'),
};

/** Returns a priority's name. */
export const priorityName = (priority: PriorityWord): string => priority_names[priority]();

/** The priorities, lowest first. */
export const priorities = levels;

/** A priority as bars, with its word visible or for screen readers. */
export function Priority({ value, word = false }: { value: PriorityWord; word?: boolean }) {
  const level = levels.indexOf(value);
  return (
    <span className={`priority priority-${value}`} title={word ? undefined : priorityName(value)}>
      <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        {[1, 2, 3].map((bar) => (
          <rect
            key={bar}
            className={bar <= level ? 'priority-full' : 'priority-empty'}
            x={4 * bar - 2}
            y={12 - 3 * bar}
            width="3"
            height={1 + 3 * bar}
            rx="1"
          />
        ))}
      </svg>
      <span className={word ? '' : 'hidden'}>{priorityName(value)}</span>
    </span>
  );
}
