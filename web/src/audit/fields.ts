import { t } from '../ui/text.ts';

/** The names of fields for people. Other fields are shown under their API names. */
const names: Partial<Record<string, () => string>> = {
  title: () => t('title'),
  description: () => t('description'),
  priority: () => t('priority'),
  labels: () => t('labels'),
  due_on: () => t('due date'),
  status: () => t('status'),
  resolution: () => t('resolution'),
  assignee_id: () => t('assignee'),
  reporter_id: () => t('reporter'),
  deleted_at: () => t('deleted'),
  user_id: () => t('member'),
  mentions: () => t('mentions'),
  emoji: () => t('reaction'),
  role: () => t('role'),
  name: () => t('name'),
  media_type: () => t('kind of file'),
  size_bytes: () => t('bytes'),
  email: () => t('e-mail address'),
};

export const fieldName = (field: string): string => names[field]?.() ?? field.replaceAll('_', ' ');

/** The fields that contain one or more user ids. */
const of_people = new Set(['assignee_id', 'reporter_id', 'user_id', 'mentions']);

interface LongText {
  bytes: number;
  start: string;
}

const isLongText = (value: unknown): value is LongText =>
  typeof value === 'object' && value !== null && 'bytes' in value && 'start' in value;

/** Formats a value for people: a person by name, a long text by its beginning. */
export function valueOf(field: string, value: unknown, person: (id: string) => string): string {
  if (value === null || value === undefined || value === '') return t('nothing');
  if (of_people.has(field)) return [value].flat().map(String).map(person).join(', ');
  if (isLongText(value)) return t('{start}… ({bytes} bytes)', { start: value.start, bytes: value.bytes });
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(', ') || t('nothing');
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

/** A field before and after a change. */
export interface Changed {
  field: string;
  before: unknown;
  after: unknown;
}

/** Returns the fields of an entry, each once, in the entry’s order. */
export function changedFields(
  before: Record<string, unknown> | null,
  after: Record<string, unknown> | null,
): Changed[] {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...fields].map((field) => ({ field, before: before?.[field], after: after?.[field] }));
}
