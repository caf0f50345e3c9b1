import { z } from 'zod';
import { day, id, role, status_key, timestamp, token_scope, version } from '../http/contract.ts';

/** A text as the log keeps it: whole, or if it is long, its size, hash and start. Null once it is purged. */
const kept_text = z.union([
  z.string(),
  z.strictObject({ bytes: z.int(), sha256: z.string(), start: z.string() }),
  z.null(),
]);

/** The meaning and contents of one kind of entry. */
export interface Fact {
  /** What happened, in a sentence. */
  says: string;
  /** The subject's fields before and after the change. */
  before?: z.ZodObject;
  after?: z.ZodObject;
  /** Whether the entry has the subject's version after the change. */
  versioned?: true;
  /** Whether the subject is a comment or an attachment, and the entry part of its ticket's activity. */
  of_ticket?: true;
}

const text = z.string();
/** A name; null once the operator has removed it (decision 27). */
const name = z.string().nullable();
const workspace = z.strictObject({ name });
/** An invitation; its address is null once the operator has removed it. */
const offer = z.strictObject({ email: text.nullable(), role });
const membership = z.strictObject({ role });
const project = z.strictObject({ name, archived: z.boolean() });
const workflow = z.looseObject({ statuses: z.array(z.unknown()), transitions: z.array(z.unknown()) });

/** A ticket's fields that are edited in place. */
const edit = z
  .strictObject({
    title: kept_text,
    description: kept_text,
    priority: text,
    labels: z.array(text),
    due_on: day.nullable(),
  })
  .partial();
const step = z
  .strictObject({ status: status_key, resolution: status_key.nullable(), assignee_id: id.nullable(), rank: text })
  .partial();
const standing = z.strictObject({ rank: text });
const assignment = z.strictObject({ assignee_id: id.nullable() });
const presence = z.strictObject({ deleted_at: timestamp.nullable() });
const place = z.strictObject({ ticket_id: id });
/** An emoji with which a member has reacted to a comment. */
const reaction = place.extend({ emoji: text });
/** A comment, with the members that its text mentions and did not mention before. */
const said = place.extend({ mentions: z.array(id).max(50).optional() });
/** An attachment; its name is null once it is purged. */
const file = place.extend({ name, media_type: text, size_bytes: z.int(), checksum: text });
/** A webhook, with only the origin of its address: the rest may be a secret. */
const webhook = z.strictObject({
  origin: text,
  description: text,
  types: z.array(text).nullable(),
  project_ids: z.array(id).nullable(),
  state: text,
});
/** A view. The entry has the contents of a shared view only: a private one is its owner's business. */
const view = z.strictObject({
  shared: z.boolean(),
  name: text.optional(),
  layout: text.optional(),
  query: z.record(text, text.optional()).optional(),
});
const stop = z.strictObject({ state: text, reason: text, failing_since: timestamp.nullable() });

/**
 * Everything that a workspace's audit log records, with the contents of each kind of entry. A ticket's entries have
 * enough to rebuild its row. Long texts and comments' texts are stored once, elsewhere; for a ticket's long texts the
 * log has the hash.
 */
export const facts = {
  'workspace.created': { says: 'The workspace was created.', after: workspace },
  'workspace.updated': { says: 'The workspace was renamed.', versioned: true, before: workspace, after: workspace },
  'workspace.deleted': { says: 'The workspace was deleted.', versioned: true, before: workspace },
  'workspace.purged': {
    says: 'The operator deleted a word, or an invitation’s address, from the workspace’s history permanently.',
  },
  'invitation.created': { says: 'Somebody was invited.', after: offer },
  'invitation.revoked': {
    says: 'An invitation was revoked, or replaced when it could no longer be accepted.',
    before: offer,
  },
  'invitation.accepted': {
    says: 'An invitation was accepted.',
    after: z.strictObject({ user_id: id, role }),
  },
  'member.role_changed': {
    says: 'A member’s role was changed.',
    versioned: true,
    before: membership,
    after: membership,
  },
  'member.removed': { says: 'A member was removed.', versioned: true, before: membership },
  'member.left': { says: 'A member left.', versioned: true, before: membership },
  'bot.created': { says: 'A bot was created.', after: z.strictObject({ name, role }) },
  'bot.updated': {
    says: 'A bot was renamed, or its role was changed.',
    versioned: true,
    before: z.strictObject({ name, role }),
    after: z.strictObject({ name, role }),
  },
  'bot.removed': { says: 'A bot was removed.', versioned: true, before: z.strictObject({ name, role }) },
  'token.created': {
    says: 'An API token was created.',
    after: z.strictObject({ name, user_id: id, scopes: z.array(token_scope), expires_at: timestamp }),
  },
  'token.revoked': { says: 'An API token was revoked.', before: z.strictObject({ name, user_id: id }) },
  'webhook.created': { says: 'A webhook was created.', versioned: true, after: webhook },
  'webhook.updated': {
    says: 'A webhook was changed, paused or activated by an admin.',
    versioned: true,
    before: webhook,
    after: webhook,
  },
  'webhook.secret_rotated': {
    says: 'A webhook got another secret.',
    versioned: true,
    after: z.strictObject({ previous_secret_until: timestamp.nullable() }),
  },
  'webhook.pinged': { says: 'A test message was sent to one webhook.' },
  'webhook.redelivered': {
    says: 'Events were queued for a webhook once more.',
    after: z.strictObject({ from: text, to: text, queued: z.int() }),
  },
  'webhook.paused': {
    says: 'Baton paused a webhook because its receiver had failed for days. The actor is the member who created the webhook.',
    versioned: true,
    after: stop,
  },
  'webhook.disabled': {
    says: 'Baton disabled a webhook because its receiver said that it is gone. The actor is the member who created the webhook.',
    versioned: true,
    after: stop,
  },
  'webhook.deleted': { says: 'A webhook was deleted.', versioned: true, before: webhook },
  'view.created': { says: 'A shared view was created.', versioned: true, after: view },
  'view.updated': {
    says: 'A shared view was changed, or a view was shared or became private.',
    versioned: true,
    before: view,
    after: view,
  },
  'view.deleted': { says: 'A shared view was deleted.', versioned: true, before: view },
  'view.restored': { says: 'A shared view that was deleted was restored.', versioned: true, after: view },
  'project.created': {
    says: 'A project was created.',
    versioned: true,
    after: z.strictObject({ key: text, name, workflow }),
  },
  'project.updated': { says: 'A project was renamed.', versioned: true, before: project, after: project },
  'project.archived': { says: 'A project was archived.', versioned: true, before: project, after: project },
  'project.unarchived': { says: 'A project was unarchived.', versioned: true, before: project, after: project },
  'workflow.replaced': {
    says: 'A project’s workflow was replaced.',
    versioned: true,
    before: workflow,
    after: workflow,
  },
  'ticket.created': {
    says: 'A ticket was created.',
    versioned: true,
    after: z.strictObject({
      key: text,
      project_id: id,
      number: version,
      title: kept_text,
      description: kept_text,
      status: status_key,
      priority: text,
      labels: z.array(text),
      assignee_id: id.nullable(),
      reporter_id: id,
      due_on: day.nullable(),
      /** Present if the ticket was placed when it was created. */
      rank: text.optional(),
    }),
  },
  'ticket.updated': { says: 'A ticket’s fields were edited.', versioned: true, before: edit, after: edit },
  'ticket.transitioned': {
    says: 'A ticket was moved to another status.',
    versioned: true,
    before: step,
    after: step.extend({ comment_id: id.optional() }),
  },
  'ticket.remapped': {
    says: 'A ticket’s status or resolution was changed because its project’s workflow was replaced.',
    versioned: true,
    before: step.omit({ assignee_id: true, rank: true }),
    after: step.omit({ assignee_id: true, rank: true }).extend({ workflow_version: version }),
  },
  'ticket.assignee_changed': {
    says: 'A ticket was assigned or unassigned.',
    versioned: true,
    before: assignment,
    after: assignment,
  },
  'ticket.placed': {
    says: 'A ticket was placed by hand among the others of its status.',
    before: standing,
    after: standing,
  },
  'ticket.respaced': {
    says: 'A ticket got another rank because there was no room beside it. It stands where it stood.',
    before: standing,
    after: standing,
  },
  'ticket.deleted': { says: 'A ticket was deleted.', versioned: true, before: presence, after: presence },
  'ticket.restored': { says: 'A deleted ticket was restored.', versioned: true, before: presence, after: presence },
  'ticket.purged': {
    says: 'The earlier titles or descriptions of a ticket, or its attachments, were deleted permanently.',
    versioned: true,
    after: z.strictObject({ fields: z.array(text) }),
  },
  'comment.created': { says: 'A comment was added.', of_ticket: true, after: said },
  'comment.updated': { says: 'A comment was edited by its author.', versioned: true, of_ticket: true, after: said },
  'comment.reaction_added': { says: 'A member reacted to a comment.', of_ticket: true, after: reaction },
  'comment.reaction_removed': {
    says: 'A member took their reaction to a comment back.',
    of_ticket: true,
    before: reaction,
  },
  'comment.deleted': { says: 'A comment was deleted.', versioned: true, of_ticket: true, after: place },
  'comment.purged': {
    says: 'A comment and its earlier texts were deleted permanently.',
    versioned: true,
    of_ticket: true,
    after: place,
  },
  'attachment.added': { says: 'A file was added to a ticket.', of_ticket: true, after: file },
  'attachment.removed': {
    says: 'A file was removed from a ticket, and its bytes permanently.',
    of_ticket: true,
    before: file,
  },
} as const satisfies Record<`${string}.${string}`, Fact>;

export type AuditAction = keyof typeof facts;

type Given<F, Name extends string> = F extends { readonly [N in Name]: infer Shape extends z.ZodType }
  ? { [N in Name]: z.input<Shape> }
  : { [N in Name]?: never };

/** An entry of one action, or by default of any: its subject and its contents. */
export type AuditEntry<A extends AuditAction = AuditAction> = A extends AuditAction
  ? {
      /** What happened, as `subject.verb`. */
      action: A;
      subject_id: string;
    } & Given<(typeof facts)[A], 'before'> &
      Given<(typeof facts)[A], 'after'> &
      ((typeof facts)[A] extends { versioned: true }
        ? {
            /** The subject's version after the change. A ticket has exactly one entry for each version. */
            subject_version: number;
            /** The time of the change, which is later than that of the previous version whatever the clocks say. */
            at: string;
          }
        : {
            subject_version?: never;
            /** The time of the change. By default, it is the transaction's. */
            at?: string;
          }) &
      ((typeof facts)[A] extends { of_ticket: true } ? { ticket_id: string } : { ticket_id?: never })
  : never;
