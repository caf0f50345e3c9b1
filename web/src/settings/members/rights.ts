import type { Role } from 'baton-sdk';

/** The roles, from the one that may do most. */
export const roles: readonly Role[] = ['owner', 'admin', 'member', 'viewer'];

interface Between {
  /** The role of who would do it. */
  own: string;
  /** The role of the member that it is done to. */
  of: string;
}

/** Whether a role may be given: owners may do anything, admins neither touch owners nor make them. */
export const mayGive = ({ own, of }: Between, role: Role): boolean =>
  own === 'owner' || (own === 'admin' && of !== 'owner' && role !== 'owner');

/** Whether somebody may change another’s role at all, or remove them. */
export const mayTouch = ({ own, of }: Between): boolean => own === 'owner' || (own === 'admin' && of !== 'owner');

/** Whether a role may do less than another. */
export const isLess = (role: string, than: string): boolean =>
  roles.indexOf(role as Role) > roles.indexOf(than as Role);

/** The roles that somebody may invite others with. */
export const inviting = (own: string): readonly Role[] =>
  own === 'owner' ? roles : roles.filter((role) => role !== 'owner');
