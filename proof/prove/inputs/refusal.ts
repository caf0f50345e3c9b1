import { error_table, type ErrorCode } from '../../../server/src/errors.ts';

// Traces of a stack, of SQL, or of the libraries in use.
const leak =
  /node_modules|\bat \S+ \(|\.[jt]s:\d+|\bselect .+ from\b|\binsert into\b|postgres|syntax error|<html|<!doctype|\bexpress\b/i;

/** Returns what is wrong with a refusal; empty for a problem from the error table, and for a response that is no refusal. */
export function faultsOfRefusal(answer: { status: number; content_type: string | undefined; text: string }): string[] {
  const { status, content_type = '', text } = answer;
  if (status < 400) return [];
  const found: string[] = [];
  if (status >= 500) found.push(`responded ${status}: ${text.slice(0, 200)}`);
  if (leak.test(text)) found.push(`reveals internals: ${text.slice(0, 200)}`);
  if (!content_type.startsWith('application/problem+json')) return [...found, `a ${status} of type ${content_type}`];
  try {
    const problem = JSON.parse(text) as { code: ErrorCode; status: number };
    if (error_table[problem.code]?.[0] !== status || problem.status !== status) found.push(`${status} with ${text}`);
  } catch {
    found.push(`no JSON: ${text.slice(0, 200)}`);
  }
  return found;
}
