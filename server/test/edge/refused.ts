import { expect } from 'vitest';

/** The members that every problem has. */
export interface Problem {
  status: number;
  code: string;
}

/** Sends a request that must be refused with a problem. Returns its status, code and headers. */
export async function refused(
  { url }: { url: string },
  path: string,
  init: RequestInit = {},
): Promise<[number, string, Headers]> {
  const answer = await fetch(url + path, { redirect: 'manual', ...init });
  const text = await answer.text();
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.headers.get('x-request-id')).not.toBeNull();
  expect(text).not.toMatch(/node_modules|at \w+ \(|select |Express/i);
  const problem = JSON.parse(text) as Problem;
  expect(problem.status).toBe(answer.status);
  return [answer.status, problem.code, answer.headers];
}

/** The headers of a person's request. */
export const as = (person: { access_token: string }, more: Record<string, string> = {}) => ({
  authorization: `Bearer ${person.access_token}`,
  ...more,
});
export const json = { 'content-type': 'application/json' };
