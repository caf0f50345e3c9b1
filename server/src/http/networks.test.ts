import { expect, test } from 'vitest';
import { forwardedAddresses } from './networks.ts';

test.each([
  ['1.2.3.4', ['1.2.3.4']],
  ['1.2.3.4, 5.6.7.8 ,::1', ['1.2.3.4', '5.6.7.8', '::1']],
  ['1.2.3.4:5555', ['1.2.3.4']],
  ['[2001:db8::1]:443, [::1]', ['2001:db8::1', '::1']],
  ['unknown', []],
  ['', []],
  ['1.2.3.4, unknown, 5.6.7.8', ['5.6.7.8']],
  ['1.2.3.4, ', []],
  ['1.2.3.4:', []],
  ['1.2.3.4:5:6', []],
  ['1.2.3.400', []],
  ['2001:db8::1]:443', []],
])('X-Forwarded-For %j has the addresses %j', (header, addresses) => {
  expect(forwardedAddresses(header)).toEqual(addresses);
});
