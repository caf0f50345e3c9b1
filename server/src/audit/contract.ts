import { z } from 'zod';
import {
  fields,
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

const word = z
  .string()
  .regex(/^[a-z_]+(\.[a-z_]+)?$/)
  .max(60)
  .meta({ example: 'ticket.transitioned' });

export const audit_entry = z
  .strictObject({
    id,
    actor_id: id,
    action: word,
    subject_type: word,
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
    action: word.optional().meta({ description: 'Only entries of this action.' }),
    subject: id.optional().meta({ description: 'Only entries about the subject with this id.' }),
    subject_type: word.optional().meta({ description: 'Only entries about subjects of this type.', example: 'ticket' }),
    created_after: instant.optional().meta({ description: 'Only entries created after this time.' }),
    created_before: instant.optional().meta({ description: 'Only entries created before this time.' }),
  }),
  status: 200,
  response: page(audit_entry),
  errors: ['invalid_cursor'],
});
