import { describe, expect, test } from 'vitest';
import { inviting, isLess, mayGive, mayTouch, roles } from './rights.ts';

describe('the right to change members', () => {
  test.each([
    ['owner', 'owner', true],
    ['owner', 'viewer', true],
    ['admin', 'owner', false],
    ['admin', 'admin', true],
    ['admin', 'member', true],
    ['member', 'viewer', false],
    ['viewer', 'viewer', false],
  ])('of the role %s over the role %s is: %s', (own, of, may) => {
    expect(mayTouch({ own, of })).toBe(may);
  });

  test('lets owners make others owners, but not admins', () => {
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

  test('of a viewer is less than a member’s, and that of an owner is not less than an admin’s', () => {
    expect(isLess('viewer', 'member')).toBe(true);
    expect(isLess('owner', 'admin')).toBe(false);
    expect(isLess('admin', 'admin')).toBe(false);
  });
});
