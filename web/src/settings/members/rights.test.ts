import { describe, expect, test } from 'vitest';
import { inviting, isLess, mayGive, mayTouch, roles } from './rights.ts';

describe('the rights over members', () => {
  test.each([
    ['owner', 'owner', true],
    ['owner', 'viewer', true],
    ['admin', 'owner', false],
    ['admin', 'admin', true],
    ['admin', 'member', true],
    ['member', 'viewer', false],
    ['viewer', 'viewer', false],
  ])('somebody who is %s may change somebody who is %s: %s', (own, of, may) => {
    expect(mayTouch({ own, of })).toBe(may);
  });

  test('an admin makes nobody an owner, an owner does', () => {
    expect(roles.filter((role) => mayGive({ own: 'admin', of: 'member' }, role))).toEqual([
      'admin',
      'member',
      'viewer',
    ]);
    expect(roles.filter((role) => mayGive({ own: 'owner', of: 'member' }, role))).toEqual(roles);
    expect(roles.filter((role) => mayGive({ own: 'admin', of: 'owner' }, role))).toEqual([]);
    expect(inviting('admin')).toEqual(['admin', 'member', 'viewer']);
    expect(inviting('owner')).toEqual(roles);
  });

  test('a viewer may do less than a member, and an owner not less than an admin', () => {
    expect(isLess('viewer', 'member')).toBe(true);
    expect(isLess('owner', 'admin')).toBe(false);
    expect(isLess('admin', 'admin')).toBe(false);
  });
});
