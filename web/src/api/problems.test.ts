import { BatonApiError, type RawResponse } from 'baton-sdk';
import { describe, expect, test } from 'vitest';
import { error_table } from '../../../server/src/errors.ts';
import { failureOf, faultsOf, isCode } from './problems.ts';

/** Returns the error that the SDK throws for a problem. */
function refusal(code: string, carries: Record<string, unknown> = {}): BatonApiError {
  const headers = new Headers({ 'x-request-id': 'r-1' });
  const problem = { type: '', title: `the server’s title of ${code}`, status: 409, code, ...carries };
  const response: RawResponse = { status: 409, headers, body: problem };
  const details = { code, says: code, retryable: false, response, problem };
  return new BatonApiError('create_ticket', details);
}

/** The fields of the problems that the texts use. */
const carried: Record<string, Record<string, unknown>> = {
  forbidden: { role: 'viewer', required: ['owner', 'admin'] },
  validation_failed: { errors: [{ pointer: '/title', detail: 'Too long.' }] },
  mapping_too_large: { tickets: 20_000, max_tickets: 10_000 },
  quota_exceeded: { quota: 'projects_per_workspace', limit: 100 },
  redelivery_refused: { reason: 'not_wanted' },
  edit_conflict: { fields: {} },
  changes_refused: { refused: [] },
  fields_required: { missing: ['resolution'] },
};

describe('a problem', () => {
  test.each(Object.keys(error_table))('%s is shown in the console’s own words', (code) => {
    const { title, detail, request_id } = failureOf(refusal(code, carried[code]));
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(detail).toMatch(/\.$/);
    expect(`${title} ${detail}`).not.toMatch(/\{|undefined|the server’s title/);
    expect(request_id).toBe('r-1');
  });

  test('says which roles may do it, and which one the person has', () => {
    const { detail } = failureOf(refusal('forbidden', carried['forbidden']));
    expect(detail).toBe('owner, admin may do this; your role is viewer.');
  });

  test('names the limit', () => {
    expect(failureOf(refusal('quota_exceeded', carried['quota_exceeded'])).detail).toContain(
      '100 is the most for: projects of a workspace.',
    );
  });

  test('with an unknown code is shown in the server’s words', () => {
    const failure = failureOf(refusal('made_up', { detail: 'What to do.' }));
    expect(failure).toMatchObject({ title: 'the server’s title of made_up', detail: 'What to do.', remedy: 'reload' });
  });

  test('is shown as a fault of the page if it did not come from the server', () => {
    expect(failureOf(new TypeError('x is undefined'))).toMatchObject({ code: 'failed', remedy: 'reload' });
    expect(isCode(new TypeError('x'), 'no_response')).toBe(false);
  });
});

describe('the faults of fields', () => {
  test('are named after their fields, with the first fault of each', () => {
    const errors = [
      { pointer: '/new_password', detail: 'Too short.' },
      { pointer: '/new_password', detail: 'Too common.' },
      { pointer: '/labels/3', detail: 'Too long.' },
      { parameter: 'q', detail: 'Too short.' },
    ];
    expect(faultsOf(refusal('validation_failed', { errors }))).toEqual({
      new_password: 'Too short.',
      labels: 'Too long.',
      q: 'Too short.',
    });
  });

  test('are empty for other problems', () => {
    expect(faultsOf(refusal('conflict'))).toEqual({});
  });
});
