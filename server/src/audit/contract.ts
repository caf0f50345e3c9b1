import { z } from 'zod';
import { id, instant, operation, page, page_query, timestamp, workspace_params } from '../http/contract.ts';

const fields = z.record(z.string(), z.unknown()).nullable();

export const audit_entry = z
  .strictObject({
    id,
    actor_id: id,
    action: z.string().meta({ example: 'ticket.transitioned' }),
    subject_type: z.string(),
    subject_id: id,
    subject_version: z.int().nullable(),
    before: fields,
    after: fields,
    request_id: z.string(),
    created_at: timestamp,
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntryRow = z.infer<typeof audit_entry>;

const word = z
  .string()
  .regex(/^[a-z_]+(\.[a-z_]+)?$/)
  .max(60);

export const list_audit = operation({
  id: 'list_audit',
  method: 'get',
  path: '/v1/workspaces/{workspace_id}/audit',
  tag: 'audit',
  summary: 'Lists who did what, newest first, narrowed by the parameters given.',
  params: workspace_params,
  query: page_query.extend({
    actor: id.optional(),
    action: word.optional(),
    subject: id.optional(),
    subject_type: word.optional(),
    created_after: instant.optional(),
    created_before: instant.optional(),
  }),
  status: 200,
  response: page(audit_entry),
  errors: ['invalid_cursor'],
});
