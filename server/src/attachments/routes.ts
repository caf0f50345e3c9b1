import { sql } from '../db/sql.ts';
import { byId, byTime } from '../http/cursor.ts';
import type { Services } from '../services.ts';
import type { Serve } from '../serving/serve.ts';
import { requireTicketId } from '../tickets/access.ts';
import { requireAttachment } from './access.ts';
import { addAttachment } from './add.ts';
import * as contract from './contract.ts';
import type { Links } from './link.ts';
import { attachmentsOf } from './queries.ts';
import { removeAttachment } from './remove.ts';

export function attachmentRoutes(serve: Serve, services: Services, links: Links): void {
  serve(contract.add_attachment, (context) => addAttachment(context, services.config));
  serve.list(contract.list_attachments, async ({ db, workspace_id, params }) => {
    const ticket_id = await requireTicketId(db, workspace_id, params.ticket);
    return {
      filter: { workspace_id, ticket_id },
      order: { created_at: byTime(sql`a.created_at`), id: byId(sql`a.id`) },
      rows: (part) => attachmentsOf(db, workspace_id, ticket_id, part),
    };
  });
  serve(contract.get_attachment, ({ db, workspace_id, params }) => requireAttachment(db, workspace_id, params));
  serve(contract.get_attachment_link, async ({ db, workspace_id, params, actor }) => {
    const { id: attachment_id } = await requireAttachment(db, workspace_id, params);
    return links.sign({ workspace_id, attachment_id }, await actor);
  });
  serve(contract.remove_attachment, (context) => removeAttachment(context, services));
}
