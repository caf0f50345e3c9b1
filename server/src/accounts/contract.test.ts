import { expect, test } from 'vitest';
import { create_invitation } from '../workspaces/contract.ts';
import { email } from './contract.ts';

test.each([
  ['  Ada.Lovelace@Example.COM ', 'ada.lovelace@example.com'],
  ['r&d@example.com', 'r&d@example.com'],
  ['x/y@example.com', 'x/y@example.com'],
  ['#1@example.com', '#1@example.com'],
  ["o'hara+work@example.com", "o'hara+work@example.com"],
  ['!$%*=?^_`{|}~-@example.com', '!$%*=?^_`{|}~-@example.com'],
  ['ivan@xn--80a1acny.xn--p1ai', 'ivan@xn--80a1acny.xn--p1ai'],
  ['ivan@почта.рф', 'ivan@xn--80a1acny.xn--p1ai'],
  ['j@MÜNCHEN.de', 'j@xn--mnchen-3ya.de'],
  ['j@ＥＸＡＭＰＬＥ.com', 'j@example.com'],
  [`${'x'.repeat(64)}@example.com`, `${'x'.repeat(64)}@example.com`],
])('%s can sign up and be invited, and is stored as %s', (given, kept) => {
  expect(email.parse(given)).toBe(kept);
  expect(create_invitation.body.parse({ email: given, role: 'viewer' }).email).toBe(kept);
});

test.each([
  'nobody',
  '@example.com',
  '.ada@example.com',
  'ada.@example.com',
  'a..da@example.com',
  'ada lovelace@example.com',
  'ada@lovelace@example.com',
  '"ada"@example.com',
  'ad\u0131@example.com', // a dotless i
  'ada\u212a@example.com', // the Kelvin sign, in lower case a k
  'ada@localhost',
  'ada@example.c',
  'ada@example.com.',
  'ada@example..com',
  'ada@-example.com',
  'ada@ex_ample.com',
  'ada@ex%61mple.com',
  'ada@example.com/x',
  'ada@example.com:80',
  'ada@127.0.0.1',
  'ada@127.1',
  'ada@[127.0.0.1]',
  `${'x'.repeat(65)}@example.com`,
  `ada@${'x'.repeat(64)}.com`,
  `ada@${'xy.'.repeat(90)}com`,
])('%s is not a valid address', (given) => {
  expect(email.safeParse(given).success).toBe(false);
});
