import { z } from 'zod';
import { operation, role, token_scope } from '../http/contract.ts';

export const get_policy = operation({
  id: 'get_policy',
  method: 'get',
  path: '/v1/policy',
  tag: 'policy',
  summary: 'Returns who may call which operation: the table every request is checked against.',
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
            .regex(/^\/[a-z0-9_/{}-]*$/)
            .max(200),
          access: z.union([z.enum(['public', 'account']), z.array(role).max(4)]).meta({
            description:
              'Everyone (`public`), every signed-in user (`account`), or the workspace roles that may call it.',
          }),
          tokens: z.enum(['none', 'scoped', 'any']).meta({
            description: 'The API tokens that may call it: none, those with its scope, or any.',
          }),
          scope: token_scope.nullable().meta({
            description: 'The scope that an API token needs; null if no token is accepted, or no scope is needed.',
          }),
        }),
      )
      .max(1000),
  }),
});
