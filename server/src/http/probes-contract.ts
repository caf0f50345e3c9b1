import { z } from 'zod';
import { operation } from './contract.ts';

const ok = z.strictObject({ status: z.literal('ok') });

export const get_livez = operation({
  id: 'get_livez',
  method: 'get',
  path: '/livez',
  tag: 'operations',
  summary: 'Returns 200 while the process is responsive, regardless of the database.',
  status: 200,
  response: z.strictObject({
    status: z.literal('ok'),
    version: z
      .string()
      .regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/)
      .max(40)
      .meta({ description: 'The running version of Baton.' }),
  }),
});

export const get_readyz = operation({
  id: 'get_readyz',
  method: 'get',
  path: '/readyz',
  tag: 'operations',
  summary: 'Returns 200 while the server can serve requests: the database responds and the process is not stopping.',
  status: 200,
  response: ok,
  errors: ['database_unavailable', 'shutting_down'],
});
