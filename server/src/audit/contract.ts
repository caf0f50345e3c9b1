import { z } from 'zod';
import {
  asList,
  fields,
  growing,
  id,
  instant,
  operation,
  page,
  page_query,
  request_id,
  timestamp,
  version,
  workspace_params,
} from '../http/contract.ts';

/** Everything a workspace's audit log records. */
const audit_actions = {
  'workspace.created': 'The workspace was created.',
  'workspace.updated': 'The workspace was renamed.',
  'workspace.deleted': 'The workspace was deleted.',
  'invitation.created': 'Somebody was invited.',
  'invitation.revoked': 'An invitation was revoked.',
  'invitation.accepted': 'An invitation was accepted.',
  'member.role_changed': 'A member’s role was changed.',
  'member.removed': 'A member was removed.',
  'member.left': 'A member left.',
  'project.created': 'A project was created.',
  'project.updated': 'A project was renamed.',
  'project.archived': 'A project was archived.',
  'project.unarchived': 'A project was unarchived.',
  'workflow.replaced': 'A project’s workflow was replaced.',
  'ticket.created': 'A ticket was created.',
  'ticket.updated': 'A ticket’s fields were edited.',
  'ticket.transitioned': 'A ticket was moved to another status.',
  'ticket.remapped': 'A ticket’s status or resolution was changed because its project’s workflow was replaced.',
  'ticket.assignee_changed': 'A ticket was assigned or unassigned.',
  'ticket.deleted': 'A ticket was deleted.',
  'ticket.restored': 'A deleted ticket was restored.',
  'ticket.purged': 'The earlier titles or descriptions of a ticket were deleted permanently.',
  'comment.created': 'A comment was added.',
  'comment.updated': 'A comment was edited by its author.',
  'comment.deleted': 'A comment was deleted.',
  'comment.purged': 'A comment and its earlier texts were deleted permanently.',
} as const satisfies Record<`${string}.${string}`, string>;

export type AuditAction = keyof typeof audit_actions;
type SubjectType = AuditAction extends `${infer Subject}.${string}` ? Subject : never;

const actions = Object.keys(audit_actions) as AuditAction[];
const subject_types = [...new Set(actions.map((action) => action.slice(0, action.indexOf('.')) as SubjectType))];

export const audit_action = growing(actions, /^[a-z_]+\.[a-z_]+$/).meta({
  id: 'AuditAction',
  description: `What was done. New actions may be added.\n\n${asList(audit_actions)}`,
});
const subject_type = growing(subject_types, /^[a-z_]+$/).meta({
  id: 'AuditSubjectType',
  description: 'The kind of thing an action was done to. New kinds may be added.',
});

export const audit_entry = z
  .strictObject({
    id,
    actor_id: id,
    action: audit_action,
    subject_type,
    subject_id: id,
    subject_version: version.nullable(),
    before: fields.nullable(),
    after: fields.nullable(),
    request_id,
    created_at: timestamp,
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntryRow = z.infer<typeof audit_entry>;

export const list_audit = operation({
  id: 'list_audit',
  method: 'get',
  path: '/v1/workspaces/{workspace_id}/audit',
  tag: 'audit',
  summary: 'Lists the audit log, newest entry first.',
  params: workspace_params,
  query: page_query.extend({
    actor: id.optional().meta({ description: 'Only entries by this member.' }),
    action: z.enum(actions).optional().meta({ description: 'Only entries of this action.' }),
    subject: id.optional().meta({ description: 'Only entries about the subject with this id.' }),
    subject_type: z.enum(subject_types).optional().meta({ description: 'Only entries about subjects of this type.' }),
    created_after: instant.optional().meta({ description: 'Only entries created after this time.' }),
    created_before: instant.optional().meta({ description: 'Only entries created before this time.' }),
  }),
  status: 200,
  response: page(audit_entry),
  errors: ['invalid_cursor'],
});
