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
    operations: z
      .array(
        z.strictObject({
          id: z
            .string()
            .regex(/^[a-z_]+$/)
            .max(60),
          method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
          path: z
            .string()
            .regex(/^\/[a-z0-9_/{}]*$/)
            .max(200),
          access: z.union([z.enum(['public', 'account']), z.array(role).max(4)]).meta({
            description: 'Anybody, anybody signed in, or the roles in the workspace.',
          }),
        }),
      )
      .max(1000),
  }),
});
