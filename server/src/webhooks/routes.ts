import type { Resolver } from 'node:dns/promises';
import { type Caller, personOf } from '../access/authorize.ts';
import { sql } from '../db/sql.ts';
import { requireFound } from '../errors.ts';
import { offsetOf } from '../audit/offset.ts';
import { byId, byNumber, byTime } from '../http/cursor.ts';
import type { Services } from '../services.ts';
import type { Serve } from '../serving/serve.ts';
import { changeWebhook, deleteWebhook, pingWebhook, rotateSecret } from './change.ts';
import * as contract from './contract.ts';
import { createWebhook } from './create.ts';
import { Names } from './names.ts';
import { deliveriesOf, deliveryById, type DeliveryRow, webhookById, webhooksOf } from './queries.ts';
import { redeliverEvents } from './redeliver.ts';
import { sealingKey } from './secrets.ts';

/** Returns a delivery with its offset in place of its event's number. */
const shown = <Row extends DeliveryRow>({ sequence, ...delivery }: Row) => ({
  ...delivery,
  offset: offsetOf(sequence),
});

/** Registers the routes of webhooks. `resolver` looks up the addresses of names. */
export function webhookRoutes(serve: Serve, { config }: Services, resolver: Resolver): void {
  const settings = { ...config, sealing_key: sealingKey(config.secret) };
  const names = new Names({ resolver, allow_private: config.webhook_private });
  const judge = ({ body, caller }: { body: { url?: string | undefined }; caller: Caller }) =>
    names.leadInside(body.url, personOf(caller));
  serve.asking(contract.create_webhook, judge, (context) => createWebhook(context, settings));
  serve.list(contract.list_webhooks, ({ db, workspace_id }) => ({
    filter: { workspace_id },
    order: { created_at: byTime(sql`w.created_at`), id: byId(sql`w.id`) },
    rows: (part) => webhooksOf(db, workspace_id, part),
  }));
  serve(contract.get_webhook, ({ db, workspace_id, params }) =>
    requireFound(webhookById(db, workspace_id, params.webhook_id)),
  );
  serve.asking(contract.update_webhook, judge, (context) => changeWebhook(context, settings));
  serve(contract.delete_webhook, deleteWebhook);
  serve(contract.rotate_webhook_secret, (context) => rotateSecret(context, settings));
  serve(contract.ping_webhook, pingWebhook);
  serve.list(contract.list_deliveries, async ({ db, workspace_id, params: { webhook_id }, query: { state } }) => {
    await requireFound(webhookById(db, workspace_id, webhook_id)); // before the cursor is checked, as everywhere
    return {
      filter: { workspace_id, webhook_id, state },
      order: { sequence: byNumber(sql`d.sequence`) },
      descending: true,
      rows: (part) => deliveriesOf(db, { workspace_id, webhook_id, state: state ?? 'any' }, part),
      show: (row: DeliveryRow) => shown(row),
    };
  });
  serve(contract.get_delivery, async ({ db, workspace_id, params: { webhook_id, delivery_id } }) => {
    const [, found] = await Promise.all([
      requireFound(webhookById(db, workspace_id, webhook_id)),
      requireFound(deliveryById(db, { workspace_id, webhook_id, event_id: delivery_id })),
    ]);
    return shown(found);
  });
  serve(contract.redeliver, redeliverEvents);
}
