import type { Role } from 'baton-sdk';

/** The roles, the one with the most rights first. */
export const roles: readonly Role[] = ['owner', 'admin', 'member', 'viewer'];

interface Between {
  /** The role of the person who changes the other's role. */
  own: string;
  /** The role of the member who is changed. */
  of: string;
}

/**
 * Returns whether a role may be given: owners may do anything; admins may neither change owners nor make anyone one.
 */
export const mayGive = ({ own, of }: Between, role: Role): boolean =>
  own === 'owner' || (own === 'admin' && of !== 'owner' && role !== 'owner');

/** Returns whether somebody may change another member’s role at all, or remove them. */
export const mayTouch = ({ own, of }: Between): boolean => own === 'owner' || (own === 'admin' && of !== 'owner');

/** Returns whether a role has fewer rights than another. */
export const isLess = (role: string, than: string): boolean =>
  roles.indexOf(role as Role) > roles.indexOf(than as Role);

/** Returns the roles that somebody may invite others with. */
export const inviting = (own: string): readonly Role[] =>
  own === 'owner' ? roles : roles.filter((role) => role !== 'owner');
