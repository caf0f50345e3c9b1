import type { TokenScope } from 'baton-sdk';
import { t } from '../../ui/text.ts';

type AreaOf<Scope> = Scope extends `${infer Area}:${string}` ? Area : never;
/** A group of scopes. */
export type Area = AreaOf<TokenScope>;

const areas: Record<Area, () => string> = {
  tickets: () => t('Tickets'),
  views: () => t('Views'),
  projects: () => t('Projects'),
  members: () => t('Members'),
  workspace: () => t('Workspace'),
  notifications: () => t('Notifications'),
  events: () => t('Events'),
  audit: () => t('Audit log'),
  webhooks: () => t('Webhooks'),
};

/** What each scope allows. The compiler reports a missing scope. */
const meanings: Record<TokenScope, () => string> = {
  'tickets:read': () => t('Reads tickets, their histories, comments and activity, with the names of the people.'),
  'tickets:write': () => t('Also creates, edits, assigns, moves, deletes and restores tickets, comments and reacts.'),
  'views:read': () => t('Reads views: those of its person or bot, and shared ones.'),
  'views:write': () => t('Also creates, changes, shares and deletes views.'),
  'projects:read': () => t('Reads projects and workflows.'),
  'projects:admin': () => t('Also creates, changes and archives projects, and replaces their workflows.'),
  'members:read': () => t('Reads members with their addresses, bots and invitations.'),
  'members:admin': () =>
    t('Also invites, changes and removes members and bots, but can’t make anybody an admin or owner.'),
  'workspace:read': () => t('Reads the name of the workspace.'),
  'workspace:admin': () => t('Also renames it.'),
  'notifications:read': () => t('Reads the notifications of its person or bot.'),
  'notifications:write': () => t('Also marks them, changes their settings, and watches tickets.'),
  'events:read': () => t('Follows what happens. For admins, that is everything the audit log has.'),
  'audit:read': () => t('Reads the audit log, and the earlier texts of comments.'),
  'webhooks:read': () => t('Reads webhooks and their deliveries, without secrets.'),
  'webhooks:admin': () => t('Also creates and changes webhooks, which send everything to any address.'),
};

const levels: Record<string, () => string> = {
  read: () => t('Read'),
  write: () => t('Read and write'),
  admin: () => t('Read and change'),
};

/** The areas, the most usual first. */
export const area_names = Object.keys(areas) as Area[];
export const areaName = (area: Area): string => areas[area]();

/** Returns the scopes of an area, the one that allows least first. */
export const scopesOf = (area: Area): TokenScope[] =>
  (Object.keys(meanings) as TokenScope[]).filter((scope) => scope.startsWith(`${area}:`));

const isKnown = (scope: string): scope is TokenScope => Object.hasOwn(meanings, scope);

/** Describes what a scope allows. If it is unknown because the server is newer, its API name is shown. */
export const meaningOf = (scope: string): string => (isKnown(scope) ? meanings[scope]() : scope);

export const levelName = (scope: string): string => levels[scope.split(':')[1] ?? '']?.() ?? scope;

/** Describes a token's scopes briefly: "Tickets: read and write · Projects: read". */
export function inWords(scopes: readonly string[]): string {
  const words = scopes.map((scope) => {
    if (!isKnown(scope)) return scope;
    const [area = ''] = scope.split(':');
    return t('{area}: {level}', { area: areaName(area as Area), level: levelName(scope).toLowerCase() });
  });
  return words.join(' · ');
}
