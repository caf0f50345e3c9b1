import { z } from 'zod';
import { operation } from './contract.ts';

const ok = z.strictObject({ status: z.literal('ok') });

export const get_livez = operation({
  id: 'get_livez',
  method: 'get',
  path: '/livez',
  tag: 'operations',
  summary: 'Answers as long as the process turns, whatever the database does.',
  status: 200,
  response: ok,
});

export const get_readyz = operation({
  id: 'get_readyz',
  method: 'get',
  path: '/readyz',
  tag: 'operations',
  summary: 'Answers 200 when requests can be served: the database answers, and the process isn’t stopping.',
  status: 200,
  response: ok,
  errors: ['database_unavailable', 'shutting_down'],
});
