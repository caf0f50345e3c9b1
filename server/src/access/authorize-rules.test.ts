import { describe, expect, test } from 'vitest';
import { BatonError } from '../errors.ts';
import type { TokenScope } from '../http/contract.ts';
import { newId } from '../lib/ids.ts';
import {
  type Caller,
  DoubtfulRefusal,
  isCovered,
  outside,
  permitted,
  personOf,
  type TokenIdentity,
  withoutDoubt,
} from './authorize.ts';

// The rules that need no database.

const request_id = 'r';
const workspace_id = newId();
const signed_in: Caller = { user_id: newId(), session_id: newId(), token: null, request_id };

function tokenOf(scopes: readonly TokenScope[] = [], on_behalf_of: string | null = null): TokenIdentity {
  return { user_id: newId(), session_id: null, token: { workspace_id, id: newId(), scopes, on_behalf_of } };
}

describe('the person behind a request', () => {
  test('is the caller, with a session and with their own token', () => {
    const with_token = tokenOf();
    expect(personOf(signed_in)).toBe(signed_in.user_id);
    expect(personOf(with_token)).toBe(with_token.user_id);
  });

  test('is the one for whom a bot acts', () => {
    const person = newId();
    expect(personOf(tokenOf([], person))).toBe(person);
  });
});

describe('outside its workspace', () => {
  test('a token finds nothing, as if no other workspace existed', () => {
    expect(outside(tokenOf(['tickets:read']), newId())).toMatchObject({ code: 'not_found' });
  });

  test('a token lacks the scope for what is in no workspace, and no scope would suffice', () => {
    expect(outside(tokenOf(['tickets:read']), undefined)).toMatchObject({
      code: 'insufficient_scope',
      data: { scopes: ['tickets:read'], required: null },
    });
  });

  test('nobody with a session is, and no token in its own workspace', () => {
    expect(outside(tokenOf(), workspace_id)).toBeUndefined();
    expect(outside(signed_in, workspace_id)).toBeUndefined();
    expect(outside(signed_in, undefined)).toBeUndefined();
  });
});

describe('an operation is covered', () => {
  const reader: Caller = { ...tokenOf(['tickets:read']), request_id };

  test('by every session', () => {
    expect(isCovered(signed_in, [['owner'], 'session'])).toBe(true);
    expect(isCovered(signed_in, [['owner'], 'tickets:write'])).toBe(true);
  });

  test('by a token with its scope, and by no other', () => {
    expect(isCovered(reader, [['owner'], 'tickets:read'])).toBe(true);
    expect(isCovered(reader, [['owner'], 'tickets:write'])).toBe(false);
    expect(isCovered(reader, [['owner'], 'session'])).toBe(false);
  });

  test('by any token if it demands no scope', () => {
    expect(isCovered(reader, ['account', 'any token'])).toBe(true);
    expect(isCovered(reader, ['public'])).toBe(true);
  });
});

describe('a write whose refusal is in doubt', () => {
  const refusal = new BatonError('forbidden', { role: 'viewer', required: ['owner'] });
  const doubtful = new DoubtfulRefusal(refusal);
  /** Does a write whose attempts end in these ways, and says how it ended and how often it was tried. */
  async function attempt(...ends: (Error | string)[]) {
    let tries = 0;
    const ended = await withoutDoubt(() => {
      const end = ends[tries++];
      return end instanceof Error ? Promise.reject(end) : Promise.resolve(end);
    }).catch((error: unknown) => error);
    return { ended, tries };
  }

  test('is tried once more, and its result is returned', async () => {
    expect(await attempt(doubtful, 'done')).toEqual({ ended: 'done', tries: 2 });
  });

  test('is refused if the second refusal is in doubt as well', async () => {
    expect(await attempt(doubtful, doubtful, 'done')).toEqual({ ended: refusal, tries: 2 });
  });

  test('fails as the second attempt does', async () => {
    const failure = new Error('The connection ended.');
    const { ended, tries } = await attempt(doubtful, failure);
    expect(ended).toBe(failure);
    expect(tries).toBe(2);
  });

  test('is told apart by its name, and says what the refusal says', () => {
    expect(String(doubtful)).toBe(`DoubtfulRefusal: ${refusal.message}`);
  });

  test('is the only one that is tried again', async () => {
    expect(await attempt('done', 'again')).toEqual({ ended: 'done', tries: 1 });
    const { ended, tries } = await attempt(refusal, 'done');
    expect(ended).toBe(refusal);
    expect(tries).toBe(1);
  });
});

describe('a result that was requested together with its permission', () => {
  const failure = new Error('The statement failed.');
  const refusal = new BatonError('not_found');

  test('is returned if the permission is granted', async () => {
    expect(await permitted(Promise.resolve(), Promise.resolve('result'))).toBe('result');
    await expect(permitted(Promise.resolve(), Promise.reject(failure))).rejects.toBe(failure);
  });

  test('is dropped if the permission is refused, even if it failed', async () => {
    await expect(permitted(Promise.reject(refusal), Promise.resolve('result'))).rejects.toBe(refusal);
    await expect(permitted(Promise.reject(refusal), Promise.reject(failure))).rejects.toBe(refusal);
  });

  test('has ended when the refusal is reported', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const order: string[] = [];
    const reported = permitted(Promise.reject(refusal), promise).catch(() => order.push('refusal'));
    await new Promise(setImmediate);
    order.push('result');
    resolve('result');
    await reported;
    expect(order).toEqual(['result', 'refusal']);
  });
});
