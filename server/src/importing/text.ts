import { toLine, toText } from '../lib/text.ts';
import type { Finding, Report } from './report.ts';

/** The limits of the API, in UTF-16 units. */
export const LIMITS = {
  title: 512,
  description: 1_048_576,
  comment: 1_048_576,
  label: 64,
  labels: 50,
  status_name: 60,
};

type Bounded = 'title' | 'description' | 'comment' | 'label';

const CUT = {
  title: 'title_cut',
  description: 'description_cut',
  comment: 'comment_cut',
  label: 'label_cut',
} as const satisfies Record<Bounded, Finding>;

const lines: readonly Bounded[] = ['title', 'label'];

/** The text as the API takes it, within the limit. What is lost goes to the report. */
export function fit(text: string, kind: Bounded, where: string, report: Report): string {
  if (text.includes('\0')) report.note('nul', `${kind} of ${where}`);
  if (!text.isWellFormed()) report.note('lone_surrogate', `${kind} of ${where}`);
  const is_line = lines.includes(kind);
  const storable = is_line ? toLine(text) : toText(text);
  if (is_line && storable !== toText(text).trim()) report.note('not_a_line', `${kind} of ${where}`);
  if (storable.length <= LIMITS[kind]) return storable;
  report.note(CUT[kind], `${storable.length} of ${where}`);
  return cut(storable, LIMITS[kind]);
}

/** Cuts a text to at most `length` UTF-16 units, without leaving half a surrogate pair. */
export function cut(text: string, length: number): string {
  return toText(text.slice(0, length));
}

const FILLER = 'The text of this is not in the source. ';

/** Readable text of the given length, used when the source has only the length of a text. */
export function placeholder(length: number): string {
  return FILLER.repeat(Math.ceil(length / FILLER.length)).slice(0, length);
}
