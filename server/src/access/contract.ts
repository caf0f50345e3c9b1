import { z } from 'zod';
import { operation, role } from '../http/contract.ts';

export const get_policy = operation({
  id: 'get_policy',
  method: 'get',
  path: '/v1/policy',
  tag: 'policy',
  summary: 'Publishes who may call what: the table that every request is held to.',
  status: 200,
  response: z.strictObject({
    operations: z.array(
      z.strictObject({
        id: z.string(),
        method: z.string(),
        path: z.string(),
        access: z.union([z.enum(['public', 'account']), z.array(role)]).meta({
          description: 'Anybody, anybody signed in, or the roles in the workspace.',
        }),
      }),
    ),
  }),
});
