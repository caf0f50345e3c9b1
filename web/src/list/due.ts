import { dayAfter, dayOf, shortDay } from '../ui/dates.ts';
import { t } from '../ui/text.ts';

/** When a ticket is due, as the API takes it: a date, or a day counted from today. Without either end, every ticket. */
export interface DueSpan {
  after?: string;
  before?: string;
}

/** What can be chosen. A span that a program wrote may be any other. */
export const due_choices = ['overdue', 'today', 'week', 'later'] as const;
export type DueChoice = (typeof due_choices)[number];

export const due_spans: Record<DueChoice, DueSpan> = {
  overdue: { before: 'today' },
  today: { after: 'today-1', before: 'today+1' },
  week: { after: 'today-1', before: 'today+8' },
  later: { after: 'today+7' },
};

export const due_labels: Record<DueChoice, () => string> = {
  overdue: () => t('Overdue'),
  today: () => t('Today'),
  week: () => t('Within a week'),
  later: () => t('Later than in a week'),
};

export const always: DueSpan = {};

/** What statuses mean whose tickets are not done. */
export const open_categories: readonly string[] = ['todo', 'in_progress', 'waiting'];

const form = /^(\d{4}-\d{2}-\d{2}|today([+-]\d{1,3})?)$/;
const isDay = (text: string) => form.test(text) && (text.startsWith('today') || !Number.isNaN(Date.parse(text)));

/** The span of an address. What the API would refuse is left out of it. */
export const dueSpanOf = (after: string, before: string): DueSpan => ({
  ...(isDay(after) && { after }),
  ...(isDay(before) && { before }),
});

export const choiceOf = ({ after, before }: DueSpan): DueChoice | undefined =>
  due_choices.find((choice) => due_spans[choice].after === after && due_spans[choice].before === before);

/** Today, looked up once a second: thousands of tickets may be asked about at once. */
let known = { at: 0, day: '' };
function today(): string {
  const now = Date.now();
  if (Math.abs(now - known.at) > 1000) known = { at: now, day: dayOf(new Date(now)) };
  return known.day;
}

const dateOf = (text: string) => (text.startsWith('today') ? dayAfter(today(), Number(text.slice(5))) : text);

/** What a span is called on its chip; undefined: there is none. */
export function dueName(span: DueSpan): string | undefined {
  const choice = choiceOf(span);
  if (choice !== undefined) return due_labels[choice]();
  const { after, before } = span;
  if (after === undefined) return before && t('before {day}', { day: shortDay(dateOf(before)) });
  if (before === undefined) return t('after {day}', { day: shortDay(dateOf(after)) });
  return t('after {from}, before {to}', { from: shortDay(dateOf(after)), to: shortDay(dateOf(before)) });
}

/** Whether a ticket is due within the span, by the calendar where the person is. */
export function isDueIn({ after, before }: DueSpan, due_on: string | null): boolean {
  if (due_on === null) return false;
  return (after === undefined || due_on > dateOf(after)) && (before === undefined || due_on < dateOf(before));
}
