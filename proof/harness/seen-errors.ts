import { appendFileSync } from 'node:fs';

/** Names the file that `npm test` collects the errors in that its tests got, one `operation code` a line. */
export const seen_errors_variable = 'BATON_TEST_SEEN_ERRORS';

const seen = new Set<string>();

/** Notes that an operation has responded with this error. */
export function noteError(operation_id: string, code: string): void {
  const file = process.env[seen_errors_variable];
  const pair = `${operation_id} ${code}`;
  if (file === undefined || seen.has(pair)) return;
  seen.add(pair);
  appendFileSync(file, `${pair}\n`);
}
