import { dayAfter, dayOf, isDate, shortDay } from '../ui/dates.ts';
import { t } from '../ui/text.ts';

/** The days between which a ticket is due, both excluded: dates, or days counted from today. Without either, every ticket matches. */
export interface DueSpan {
  after?: string;
  before?: string;
}

/** The spans that the menu offers. A view that a program saved may have any other. */
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

/** The categories of all statuses in which a ticket is not done. */
export const open_categories: readonly string[] = ['todo', 'in_progress', 'waiting'];

const form = /^((?!0000)\d{4}-\d{2}-\d{2}|today([+-]\d{1,3})?)$/;
const isDay = (text: string) => form.test(text) && (text.startsWith('today') || isDate(text));

/** Reads the span of an address, ignoring days that the API would refuse. */
export const dueSpanOf = (after: string, before: string): DueSpan => ({
  ...(isDay(after) && { after }),
  ...(isDay(before) && { before }),
});

/** Returns the span as parameters of the API, of a view and of an address. */
export const parametersOf = ({ after, before }: DueSpan): { due_after?: string; due_before?: string } => ({
  ...(after !== undefined && { due_after: after }),
  ...(before !== undefined && { due_before: before }),
});

export const choiceOf = ({ after, before }: DueSpan): DueChoice | undefined =>
  due_choices.find((choice) => due_spans[choice].after === after && due_spans[choice].before === before);

let known = { at: 0, day: '' };
/** Returns today's date, computed at most once a second, because a list may compare thousands of tickets with it. */
function today(): string {
  const now = Date.now();
  if (Math.abs(now - known.at) > 1000) known = { at: now, day: dayOf(new Date(now)) };
  return known.day;
}

const dateOf = (text: string) => (text.startsWith('today') ? dayAfter(today(), Number(text.slice(5))) : text);

/** Returns the text of the filter's chip, or undefined where due dates are not filtered. */
export function dueName(span: DueSpan): string | undefined {
  const choice = choiceOf(span);
  if (choice !== undefined) return due_labels[choice]();
  const { after, before } = span;
  if (after === undefined) return before && t('before {day}', { day: shortDay(dateOf(before)) });
  if (before === undefined) return t('after {day}', { day: shortDay(dateOf(after)) });
  return t('after {from}, before {to}', { from: shortDay(dateOf(after)), to: shortDay(dateOf(before)) });
}

/** Returns whether a ticket is due within the span, in the person's time zone. */
export function isDueIn({ after, before }: DueSpan, due_on: string | null): boolean {
  if (due_on === null) return false;
  return (after === undefined || due_on > dateOf(after)) && (before === undefined || due_on < dateOf(before));
}
