import { z } from 'zod';

const quoted = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).join(', ');

/** Each type as a message names it. */
const kinds: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'an array',
  null: 'null',
};

const forms: Record<string, string> = {
  email: 'Expected an e-mail address.',
  date: 'Expected a day, such as 2026-11-24.',
  datetime:
    'Expected a time with its time zone, 2026-11-24T09:05:00Z, or a day, 2026-11-24. In a URL + is written %2B.',
};

function kindOf(input: unknown): string {
  if (input === null) return 'null';
  if (Array.isArray(input)) return 'an array';
  return kinds[typeof input] ?? typeof input;
}

function boundOf(issue: z.core.$ZodRawIssue<z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig>): string {
  const [word, bound] = issue.code === 'too_small' ? ['least', issue.minimum] : ['most', issue.maximum];
  const unit = { string: 'character', array: 'item', set: 'item' }[issue.origin as string];
  if (unit === undefined) return `Expected at ${word} ${bound}.`;
  return `Expected at ${word} ${bound} ${unit}${Number(bound) === 1 ? '' : 's'}.`;
}

function ofType({ input, expected }: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidType>): string {
  if (input === undefined) return 'This is required.';
  return `Expected ${kinds[expected] ?? expected}${Number.isNaN(input) ? '' : `, not ${kindOf(input)}`}.`;
}

function oneOf({ input, values }: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidValue>): string {
  if (input === undefined) return 'This is required.';
  return `Expected ${values.length === 1 ? '' : 'one of '}${quoted(values)}.`;
}

function ofForm({ format, pattern }: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidStringFormat>): string | undefined {
  if (format !== 'regex') return forms[format];
  return `Expected text of the form ${pattern?.replaceAll(/^\/|\/[a-z]*$/g, '') ?? ''}.`;
}

/** Says in a sentence what is expected. Undefined leaves the message to the contract or the library. */
function sayWhatIsExpected(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') return ofType(issue);
  if (issue.code === 'invalid_value') return oneOf(issue);
  if (issue.code === 'invalid_format') return ofForm(issue);
  return issue.code === 'too_small' || issue.code === 'too_big' ? boundOf(issue) : undefined;
}

z.config({ customError: sayWhatIsExpected });

const isAtRoot = (code: z.core.$ZodIssue['code']) => (issue: z.core.$ZodIssue) =>
  issue.code === code && issue.path.length === 0;

/**
 * The faults of a value that fits no alternative of a union. If exactly one alternative has faults only inside the
 * value, that one was meant, and its faults are returned; otherwise a single fault lists what each alternative is.
 */
export function meantFaults(issue: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue[] {
  const within = (issues: readonly z.core.$ZodIssue[]) =>
    issues.map((one) => ({ ...one, path: [...issue.path, ...one.path] }));
  const inside = issue.errors.filter(
    (issues) => !issues.some((one) => isAtRoot('invalid_type')(one) || isAtRoot('invalid_value')(one)),
  );
  const [meant] = inside;
  if (meant !== undefined && inside.length === 1) return within(meant);
  const choices = issue.errors.flat().filter((one) => one.path.length === 0);
  return [{ ...issue, message: [...new Set(choices.map(({ message }) => message))].join(' Or: ') || issue.message }];
}
