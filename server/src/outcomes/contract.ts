import { z } from 'zod';
import { idempotency_key, narrowing, operation, page, page_query, stored, timestamp } from '../http/contract.ts';

const tickets =
  '/v1/workspaces/0198c1f2-7a30-7c4e-9a55-3f2b6d1c8e90/projects/0198c1f2-7a30-7c4e-9a55-3f2b6d1c8e90/tickets';
const ticket = '/v1/workspaces/0198c1f2-7a30-7c4e-9a55-3f2b6d1c8e90/tickets/0198c1f2-7a30-7c4e-9a55-3f2b6d1c8e90';

const outcome = z
  .strictObject({
    method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']),
    path: stored(300).meta({ example: tickets }),
    status: z
      .int()
      .min(200)
      .max(299)
      .meta({ format: 'int32', description: 'The status of the response.', example: 201 }),
    location: stored(300).nullable().meta({ example: ticket, description: 'The Location of what was created.' }),
    created_at: timestamp,
  })
  .meta({ id: 'Outcome', description: 'A write that succeeded with an Idempotency-Key.' });
export type Outcome = z.infer<typeof outcome>;

export const list_outcomes = operation({
  id: 'list_outcomes',
  method: 'get',
  path: '/v1/outcomes/{key}',
  tag: 'retries',
  summary:
    'Returns the writes that succeeded with one of the caller’s Idempotency-Keys; an empty list if there are none.',
  params: z.strictObject({
    key: idempotency_key.meta({ description: 'The Idempotency-Key.' }),
  }),
  query: page_query.extend(narrowing(outcome)),
  status: 200,
  response: page(outcome),
  errors: ['invalid_cursor'],
});
