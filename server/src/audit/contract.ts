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
  summary: 'Lists who did what, newest first, narrowed by the parameters given.',
  params: workspace_params,
  query: page_query.extend({
    actor: id.optional().meta({ description: 'Who did it.' }),
    action: word.optional().meta({ description: 'What was done.' }),
    subject: id.optional().meta({ description: 'To what it was done.' }),
    subject_type: word.optional().meta({ description: 'To what kind of thing.', example: 'ticket' }),
    created_after: instant.optional().meta({ description: 'Those created after this.' }),
    created_before: instant.optional().meta({ description: 'Those created before this.' }),
  }),
  status: 200,
  response: page(audit_entry),
  errors: ['invalid_cursor'],
});
