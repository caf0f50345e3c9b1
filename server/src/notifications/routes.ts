import { sql } from '../db/sql.ts';
import { everything } from '../db/walk.ts';
import { byId, cursorPage, spanAfter, walk_order } from '../http/cursor.ts';
import type { Services } from '../services.ts';
import type { Serve } from '../serving/serve.ts';
import { requireTicketId } from '../tickets/access.ts';
import * as contract from './contract.ts';
import { presented, readNotifications, requireNotification, updateNotification } from './inbox.ts';
import { countUnread, notificationsOf } from './queries.ts';
import { changeSettings, presentSettings } from './settings.ts';
import { settingsOf } from './settings-queries.ts';
import { setWatching, watchingOf } from './watching.ts';
import { watchersOf } from './watching-queries.ts';

export function notificationRoutes(serve: Serve, { cursors }: Services): void {
  serve(contract.list_notifications, async ({ db, workspace_id, user_id, query }) => {
    const { limit, cursor, folder, kind } = query;
    const page = await cursorPage({
      cursors,
      operation: 'list_notifications',
      filter: { workspace_id, user_id, folder, kind },
      query: { limit, cursor },
      order: walk_order,
      descending: true,
      rows: (position, rows) =>
        notificationsOf(
          db,
          { workspace_id, user_id },
          { folder, kind },
          { span: spanAfter(everything, position, true), limit: rows },
        ),
    });
    const shown = page.data.map(({ at: _, stopped: __, ...row }: (typeof page.data)[number] & { stopped?: boolean }) =>
      presented(row),
    );
    return { ...page, data: shown };
  });
  // Before the route with an id, which would match any word.
  serve(contract.get_unread_count, async ({ db, workspace_id, user_id }) => ({
    unread: await countUnread(db, { workspace_id, user_id }),
  }));
  serve(contract.get_notification, ({ db, workspace_id, user_id, params }) =>
    requireNotification(db, { workspace_id, user_id }, params.notification_id),
  );
  serve(contract.update_notification, updateNotification);
  serve(contract.read_notifications, readNotifications);
  serve(contract.get_notification_settings, async ({ db, workspace_id, user_id }) =>
    presentSettings(await settingsOf(db, { workspace_id, user_id })),
  );
  serve(contract.update_notification_settings, changeSettings);
  serve(contract.get_watching, async ({ db, workspace_id, user_id, params }) =>
    watchingOf(db, { workspace_id, user_id }, await requireTicketId(db, workspace_id, params.ticket)),
  );
  serve(contract.set_watching, setWatching);
  serve.list(contract.list_watchers, async ({ db, workspace_id, params }) => {
    const ticket_id = await requireTicketId(db, workspace_id, params.ticket);
    return {
      filter: { workspace_id, ticket_id },
      order: { user_id: byId(sql`m.user_id`) },
      rows: (part) => watchersOf(db, workspace_id, ticket_id, part),
    };
  });
}
