import { describe, expect, test } from 'vitest';
import { BatonError } from '../errors.ts';
import { Served } from './served.ts';

const mib = 1024 * 1024;
const ada = { user_id: 'ada', network: '192.0.2.1' };

function refusal(served: Served, holder: { user_id: string | undefined; network: string }): string | undefined {
  try {
    served.requireRoom(holder);
    return undefined;
  } catch (error) {
    return error instanceof BatonError
      ? `${error.code}, ${error.headers['RateLimit-Policy']}, ${error.retry_after_s}`
      : String(error);
  }
}

describe('the limit on bytes of responses', () => {
  test('refuses an account that has used up its burst until more bytes are due, and no other account', () => {
    const served = new Served(60 * mib);
    expect(refusal(served, ada)).toBeUndefined();
    served.charge(ada, 7 * mib); // 3.25 MiB more than may come at once, at 1 MiB a second
    const of_account = 'rate_limited, "read";q=3932160;qu="content-bytes";w=4, 4';
    expect(refusal(served, ada)).toBe(of_account);
    expect(refusal(served, { ...ada, user_id: 'grace' })).toBeUndefined();
    expect(refusal(served, { ...ada, network: '192.0.2.2' })).toBe(of_account);
  });

  test('allows the accounts of one network together twice as much as one account', () => {
    const served = new Served(60 * mib);
    for (const user_id of ['a', 'b', 'c']) served.charge({ ...ada, user_id }, 4.5 * mib);
    const of_network = 'rate_limited, "read";q=7864320;qu="content-bytes";w=4, 3';
    expect(refusal(served, ada)).toBe(of_network);
    expect(refusal(served, { user_id: undefined, network: ada.network })).toBe(of_network);
    expect(refusal(served, { ...ada, network: '192.0.2.2' })).toBeUndefined();
  });
});
