import { error_table, type ErrorCode } from '../../../server/src/errors.ts';

// Of a stack, of SQL, of what it is built with.
const leak =
  /node_modules|\bat \S+ \(|\.[jt]s:\d+|\bselect .+ from\b|\binsert into\b|postgres|syntax error|<html|<!doctype|\bexpress\b/i;

/** What is wrong with a response as a refusal, if it is one: nothing, when it is a problem of the table's. */
export function faultsOfRefusal(answer: { status: number; content_type: string | undefined; text: string }): string[] {
  const { status, content_type = '', text } = answer;
  if (status < 400) return [];
  const found: string[] = [];
  if (status >= 500) found.push(`responded ${status}: ${text.slice(0, 200)}`);
  if (leak.test(text)) found.push(`tells of its inside: ${text.slice(0, 200)}`);
  if (!content_type.startsWith('application/problem+json')) return [...found, `a ${status} of type ${content_type}`];
  try {
    const problem = JSON.parse(text) as { code: ErrorCode; status: number };
    if (error_table[problem.code]?.[0] !== status || problem.status !== status) found.push(`${status} with ${text}`);
  } catch {
    found.push(`no JSON: ${text.slice(0, 200)}`);
  }
  return found;
}
