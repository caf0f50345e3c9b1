import { z } from 'zod';
import { narrowing, operation, page, page_query, stored, workspace_params } from '../http/contract.ts';
import { label as label_text } from './contract.ts';

const label = z.strictObject({ name: stored(64).meta({ example: 'crane' }) }).meta({ id: 'Label' });
export type Label = z.infer<typeof label>;

export const list_labels = operation({
  id: 'list_labels',
  method: 'get',
  path: '/v1/workspaces/{workspace_id}/labels',
  tag: 'tickets',
  summary:
    'Lists the labels of all tickets, each once, in the order in which the database sorts texts. Deleted tickets and ' +
    'tickets of archived projects count, too, because they keep their labels. A label that was removed from ' +
    'all tickets is not listed. GET …/tickets/counts with group_by=label says how many tickets have a label, for any filters.',
  params: workspace_params,
  query: page_query.extend({
    ...narrowing(label),
    q: label_text.optional().meta({
      description:
        'Only labels that contain this text, in any letter case. A page reads at most 2,000 labels, so it may contain few ' +
        'or none although there are more; `next_cursor` continues from there.',
      example: 'cra',
    }),
  }),
  status: 200,
  response: page(label),
  errors: ['invalid_cursor'],
});
