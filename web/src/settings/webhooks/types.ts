import type { EventType } from 'baton-sdk';
import { t } from '../../ui/text.ts';

type SubjectOf<Type> = Type extends `${infer Subject}.${string}` ? Subject : never;
type Subject = SubjectOf<EventType>;
type VerbsOf<S extends Subject> = EventType extends infer Type
  ? Type extends `${S}.${infer Verb}`
    ? Verb
    : never
  : never;

/** The words for every event type, by subject. The compiler reports a missing type. */
const words: { [S in Subject]: { name: () => string; verbs: Record<VerbsOf<S>, () => string> } } = {
  ticket: {
    name: () => t('Tickets'),
    verbs: {
      created: () => t('created'),
      updated: () => t('edited'),
      transitioned: () => t('moved to another status'),
      assignee_changed: () => t('assigned or unassigned'),
      placed: () => t('placed among the others of its status'),
      respaced: () => t('given room beside it'),
      deleted: () => t('deleted'),
      restored: () => t('restored'),
      remapped: () => t('moved by a new workflow'),
      purged: () => t('texts deleted permanently'),
    },
  },
  comment: {
    name: () => t('Comments'),
    verbs: {
      created: () => t('added'),
      updated: () => t('edited'),
      deleted: () => t('deleted'),
      reaction_added: () => t('reaction added'),
      reaction_removed: () => t('reaction taken back'),
      purged: () => t('texts deleted permanently'),
    },
  },
  attachment: { name: () => t('Attachments'), verbs: { added: () => t('added'), removed: () => t('removed') } },
  view: {
    name: () => t('Shared views'),
    verbs: {
      created: () => t('created'),
      updated: () => t('changed'),
      deleted: () => t('deleted'),
      restored: () => t('restored'),
    },
  },
  project: {
    name: () => t('Projects'),
    verbs: {
      created: () => t('created'),
      updated: () => t('renamed'),
      archived: () => t('archived'),
      unarchived: () => t('unarchived'),
    },
  },
  workflow: { name: () => t('Workflows'), verbs: { replaced: () => t('replaced') } },
  member: {
    name: () => t('Members'),
    verbs: { role_changed: () => t('role changed'), removed: () => t('removed'), left: () => t('left') },
  },
  invitation: {
    name: () => t('Invitations'),
    verbs: { created: () => t('sent'), accepted: () => t('accepted'), revoked: () => t('revoked') },
  },
  bot: {
    name: () => t('Bots'),
    verbs: { created: () => t('created'), updated: () => t('changed'), removed: () => t('removed') },
  },
  token: { name: () => t('API tokens'), verbs: { created: () => t('created'), revoked: () => t('revoked') } },
  webhook: {
    name: () => t('Webhooks'),
    verbs: {
      created: () => t('created'),
      updated: () => t('changed'),
      secret_rotated: () => t('got another secret'),
      pinged: () => t('pinged'),
      redelivered: () => t('events sent again'),
      paused: () => t('paused by Baton'),
      disabled: () => t('stopped by Baton'),
      deleted: () => t('deleted'),
    },
  },
  workspace: {
    name: () => t('Workspace'),
    verbs: {
      created: () => t('created'),
      updated: () => t('renamed'),
      deleted: () => t('deleted'),
      purged: () => t('words deleted permanently'),
    },
  },
};

interface Group {
  subject: string;
  name: string;
  types: { type: EventType; says: string }[];
}

/** Returns the event types grouped by subject. */
export const groups = (): Group[] =>
  Object.entries(words).map(([subject, { name, verbs }]) => ({
    subject,
    name: name(),
    types: Object.entries(verbs).map(([verb, says]) => ({ type: `${subject}.${verb}` as EventType, says: says() })),
  }));

/**
 * Describes an event type: "Tickets: moved to another status". If it is unknown because the server is newer, its API
 * name is shown.
 */
export function typeInWords(type: string): string {
  for (const { name, types } of groups()) {
    const found = types.find((one) => one.type === type);
    if (found !== undefined) return t('{group}: {says}', { group: name, says: found.says });
  }
  return type;
}
