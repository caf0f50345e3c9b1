import type { Desk } from './desk.ts';
import { drafts } from './drafts.ts';

/**
 * Puts a text that was not sent back into the ticket's box for comments, or into the form of its next step, below what
 * is typed there.
 */
export function putBack(
  { account, workspace_id: workspace }: Desk,
  { ticket_id: ticket, field }: { ticket_id: string; field: 'comment' | 'step' },
  text: string,
): void {
  const place = { account, workspace, ticket, field };
  const before = drafts.get(place)?.draft.text ?? '';
  drafts.type(place, before === '' ? text : `${before}\n\n${text}`, 0);
}
