import { z } from 'zod';
import {
  asList,
  fields,
  id,
  instant,
  listed,
  narrowing,
  operation,
  page,
  page_query,
  request_id,
  several,
  timestamp,
  uuid_form,
  version,
  workspace_params,
} from '../http/contract.ts';
import { type AuditAction, facts } from './facts.ts';

type SubjectType = AuditAction extends `${infer Subject}.${string}` ? Subject : never;

const actions = Object.keys(facts) as AuditAction[];
const meanings = Object.fromEntries(actions.map((action) => [action, facts[action].says]));
const subject_types = [...new Set(actions.map((action) => action.slice(0, action.indexOf('.')) as SubjectType))];

export const audit_action = z.enum(actions).meta({
  id: 'AuditAction',
  description: `What was done. New actions may be added.\n\n${asList(meanings)}`,
});
const subject_type = z.enum(subject_types).meta({
  id: 'AuditSubjectType',
  description: 'The kind of thing an action was done to. New kinds may be added.',
});

/** A place in a workspace's events: the number of the last event before it. */
export const offset = z
  .string()
  .regex(/^\d{16}$/)
  .max(16)
  .meta({
    id: 'EventOffset',
    description:
      'A place in the workspace’s events. Treat it as opaque. The only guarantee: as text, later offsets sort after earlier ones.',
    example: '0000000000000042',
  });

export const audit_entry = z
  .strictObject({
    id,
    sequence: z.number().int().positive().max(Number.MAX_SAFE_INTEGER).meta({ format: 'int64' }).nullable().meta({
      description:
        'The entry’s number in the workspace’s log, which its proof is for. Null for a moment, until the worker has numbered it.',
    }),
    actor_id: id,
    action: audit_action,
    subject_type,
    subject_id: id,
    subject_version: version.nullable(),
    before: fields.nullable(),
    after: fields.nullable(),
    request_id,
    token_id: id.nullable().meta({ description: 'The API token that was used; null if a session was.' }),
    on_behalf_of: id.nullable().meta({ description: 'The person for whom a bot did it; null if no bot did.' }),
    created_at: timestamp,
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntryRow = z.infer<typeof audit_entry>;

/** The parameter that lists actions. */
export const several_actions = several(z.enum(actions), {
  pattern: listed(actions.join('|').replaceAll('.', '\\.')),
  max: 409,
});
const ids = several(id, { pattern: listed(uuid_form), max: 369 });

export const list_audit = operation({
  id: 'list_audit',
  method: 'get',
  path: '/v1/workspaces/{workspace_id}/audit',
  tag: 'audit',
  summary: 'Lists the audit log, newest entry first.',
  params: workspace_params,
  query: page_query.extend({
    ...narrowing(audit_entry),
    actor: ids.optional().meta({ description: 'Only entries by one of these members, separated by commas.' }),
    action: several_actions.optional().meta({
      description: 'Only entries of one of these actions, separated by commas.',
      example: 'ticket.created,ticket.transitioned',
    }),
    subject: ids
      .optional()
      .meta({ description: 'Only entries about the subjects with these ids, separated by commas.' }),
    subject_type: several(z.enum(subject_types), { pattern: listed(subject_types.join('|')), max: 109 })
      .optional()
      .meta({ description: 'Only entries about subjects of one of these types, separated by commas.' }),
    created_after: instant.optional().meta({ description: 'Only entries created after this time.' }),
    created_before: instant.optional().meta({ description: 'Only entries created before this time.' }),
  }),
  status: 200,
  response: page(audit_entry),
  errors: ['invalid_cursor'],
});
