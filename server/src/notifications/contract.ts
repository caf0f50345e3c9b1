import { z } from 'zod';
import {
  base_version,
  id,
  instant,
  narrowing,
  operation,
  page,
  page_query,
  several,
  status_key,
  stored,
  timestamp,
  version,
  workspace_params,
} from '../http/contract.ts';
import { known_time_zone, time_zone } from '../lib/time-zone.ts';
import { project_ref } from '../projects/contract.ts';
import { ticket, ticket_ref } from '../tickets/contract.ts';
import { max_excerpt } from '../tickets/excerpt.ts';

interface KindOfNotification {
  says: string;
  /** What the notification is about. */
  about: 'ticket' | 'webhook';
  /** Whether it is mailed by default; `is_mailed` in the database says the same. */
  mailed: boolean;
}

/** The reasons for notifications. */
export const notification_kinds = {
  assigned: { says: 'A ticket was assigned to them, or taken from them.', about: 'ticket', mailed: true },
  mentioned: { says: 'A comment mentions them.', about: 'ticket', mailed: true },
  moved: { says: 'A ticket that they watch was moved to another status.', about: 'ticket', mailed: false },
  commented: { says: 'A comment was added to a ticket that they watch.', about: 'ticket', mailed: false },
  due: {
    says: 'A ticket is due today that is assigned to them, or that they reported and that has no assignee.',
    about: 'ticket',
    mailed: true,
  },
  webhook_stopped: {
    says: 'Baton has paused or disabled a webhook of the workspace, and they are an owner or admin.',
    about: 'webhook',
    mailed: true,
  },
} as const satisfies Record<string, KindOfNotification>;
const kinds = Object.keys(notification_kinds) as (keyof typeof notification_kinds)[];

export const kind = z.enum(kinds).meta({ id: 'NotificationKind' });
export type Kind = z.infer<typeof kind>;
export const mailed_by_default = kinds.filter((name) => notification_kinds[name].mailed);

export const notification = z
  .strictObject({
    id,
    kinds: z
      .array(kind)
      .min(1)
      .max(kinds.length)
      .meta({ description: 'Why they are notified. One action can have several reasons.' }),
    ticket_id: id.nullable().meta({ description: 'The ticket that it is about; null if it is about a webhook.' }),
    ticket_key: ticket.shape.key.nullable(),
    ticket_title: stored(512).nullable(),
    project_id: id.nullable(),
    webhook_id: id.nullable().meta({ description: 'The webhook that it is about; null if it is about a ticket.' }),
    webhook_origin: stored(2000).nullable().meta({
      description: 'The origin of the webhook’s address. The rest is left out, because it may be a secret.',
    }),
    webhook_description: stored(200).nullable(),
    stop_reason: z.enum(['failing', 'gone']).nullable().meta({
      description:
        'Why Baton stopped the webhook: its receiver failed for days and it was paused, or its receiver responded with 410 and it was disabled.',
    }),
    actor_id: id
      .nullable()
      .meta({ description: 'Who did it; null for a ticket that is due and for a webhook that Baton stopped.' }),
    from_status: status_key.nullable().meta({ description: 'Where the ticket was moved from, if it was moved.' }),
    to_status: status_key.nullable().meta({ description: 'Where the ticket was moved to, if it was moved.' }),
    comment_id: id.nullable(),
    comment_excerpt: stored(max_excerpt).nullable().meta({
      description:
        'The beginning of the comment as it is now, on one line; null if there is no comment or it was deleted.',
    }),
    happened_at: timestamp.meta({ description: 'When it happened.' }),
    created_at: timestamp.meta({ description: 'When the notification was created.' }),
    read_at: timestamp.nullable(),
    archived_at: timestamp.nullable(),
    snoozed_until: timestamp.nullable().meta({ description: 'Until when it is hidden from the inbox.' }),
  })
  .meta({ id: 'Notification' });
export type Notification = z.infer<typeof notification>;

const base = '/v1/workspaces/{workspace_id}/notifications';
const one = `${base}/{notification_id}` as const;
const notification_params = workspace_params.extend({ notification_id: id });

export const folders = ['inbox', 'unread', 'snoozed', 'archived', 'all'] as const;
const kind_form = kinds.join('|');

export const list_notifications = operation({
  id: 'list_notifications',
  method: 'get',
  path: base,
  tag: 'notifications',
  summary: 'Lists the caller’s notifications, latest first.',
  params: workspace_params,
  query: page_query.extend({
    ...narrowing(notification),
    folder: z.enum(folders).default('inbox').meta({
      description: '`inbox`: all that are neither archived nor snoozed. `unread`: those in the inbox that are unread.',
    }),
    kind: several(kind, { pattern: `^(?:${kind_form})(?:,(?:${kind_form})){0,9}$`, max: 99 })
      .optional()
      .meta({
        description: 'Only notifications with one of these reasons, separated by commas.',
        example: 'assigned,mentioned',
      }),
  }),
  status: 200,
  response: page(notification),
  errors: ['invalid_cursor'],
});

/** Counting stops here, because nobody needs to know how many more there are. */
export const max_counted = 1000;

const unread_count = z
  .strictObject({
    unread: z
      .int()
      .min(0)
      .max(max_counted)
      .meta({
        format: 'int32',
        description: `The number of unread notifications in the inbox; ${max_counted} means ${max_counted} or more.`,
      }),
  })
  .meta({ id: 'UnreadCount' });

export const get_unread_count = operation({
  id: 'get_unread_count',
  method: 'get',
  path: `${base}/unread-count`,
  tag: 'notifications',
  summary: 'Counts the caller’s unread notifications.',
  params: workspace_params,
  status: 200,
  response: unread_count,
});

export const get_notification = operation({
  id: 'get_notification',
  method: 'get',
  path: one,
  tag: 'notifications',
  summary: 'Returns one of the caller’s notifications.',
  params: notification_params,
  query: z.strictObject(narrowing(notification)),
  status: 200,
  response: notification,
});

export const update_notification = operation({
  id: 'update_notification',
  method: 'patch',
  path: one,
  tag: 'notifications',
  takes_away: true, // allowed in a full workspace, whose members still use their inboxes
  summary: 'Marks one of the caller’s notifications as read or unread, archives or unarchives it, or snoozes it.',
  params: notification_params,
  body: z.strictObject({
    read: z.boolean().optional(),
    archived: z.boolean().optional(),
    snoozed_until: instant.nullable().optional().meta({
      description: 'Hides it from the inbox until this time, when it comes back unread. Null: it comes back now.',
    }),
  }),
  status: 200,
  response: notification,
});

/** How many notifications one request reads in order to mark them. */
export const max_marked = 1000;

export const read_notifications = operation({
  id: 'read_notifications',
  method: 'post',
  path: `${base}/read`,
  tag: 'notifications',
  takes_away: true, // allowed in a full workspace, whose members still use their inboxes
  summary: 'Marks a notification and all earlier ones as read, of all tickets or of one.',
  params: workspace_params,
  body: z.strictObject({
    up_to: id.meta({ description: 'The latest notification that was seen. Later ones stay unread.' }),
    ticket: ticket_ref.optional().meta({ description: 'Only those of this ticket, by its id or key.' }),
  }),
  status: 200,
  response: z
    .strictObject({
      marked: z.int().min(0).max(max_marked).meta({ format: 'int32' }),
      more: z.boolean().meta({ description: `Whether there may be more: one request covers at most ${max_marked}.` }),
      next_up_to: id
        .nullable()
        .meta({ description: 'Where to continue: the next request’s `up_to`, if there may be more.' }),
    })
    .meta({ id: 'NotificationsRead' }),
});

const each_kind = z.strictObject(
  Object.fromEntries(kinds.map((name) => [name, z.boolean()])) as Record<Kind, z.ZodBoolean>,
);
const some_kinds = z.strictObject(
  Object.fromEntries(kinds.map((name) => [name, z.boolean().optional()])) as Record<Kind, z.ZodOptional<z.ZodBoolean>>,
);

const time_of_day = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Expected a time such as 07:00.')
  .max(5)
  .meta({ example: '22:00' });
const quiet_hours = z.strictObject({ from: time_of_day, to: time_of_day, time_zone }).meta({ id: 'QuietHours' });

export const settings = z
  .strictObject({
    kinds: each_kind.meta({ id: 'NotificationKinds', description: 'The kinds that they are notified of.' }),
    mail: each_kind.meta({
      id: 'MailedKinds',
      description:
        'The kinds that are also mailed to them unless they read the notification first, if this installation sends mail.',
    }),
    quiet_hours: quiet_hours.nullable().meta({
      description:
        'Between these times of every day, notifications are not mailed; they are mailed at the end. Null: no quiet hours.',
    }),
    muted_project_ids: z.array(id).max(100).meta({
      description: 'Projects in which they are only notified when they are assigned or mentioned.',
    }),
    version,
  })
  .meta({ id: 'NotificationSettings' });
export type Settings = z.infer<typeof settings>;

const settings_path = '/v1/workspaces/{workspace_id}/notification-settings';

export const get_notification_settings = operation({
  id: 'get_notification_settings',
  method: 'get',
  path: settings_path,
  tag: 'notifications',
  summary: 'Returns the caller’s notification settings in this workspace.',
  params: workspace_params,
  query: z.strictObject(narrowing(settings)),
  status: 200,
  response: settings,
  etag: true,
});

export const update_notification_settings = operation({
  id: 'update_notification_settings',
  method: 'patch',
  path: settings_path,
  tag: 'notifications',
  takes_away: true, // allowed in a full workspace, whose members still use their inboxes
  summary: 'Changes the caller’s notification settings. They apply to what happens from then on.',
  params: workspace_params,
  body: z.strictObject({
    kinds: some_kinds.optional(),
    mail: some_kinds.optional(),
    quiet_hours: quiet_hours
      .extend({ time_zone: known_time_zone })
      .refine(({ from, to }) => from !== to, 'Expected two different times.')
      .nullable()
      .optional(),
    muted_project_ids: z
      .array(project_ref)
      .max(100)
      .refine((given) => new Set(given).size === given.length, 'A value is given twice.')
      .optional(),
    version: base_version,
  }),
  if_match: 'required',
  status: 200,
  response: settings,
  etag: true,
  errors: ['precondition_required', 'conflict'],
});

const watching_path = '/v1/workspaces/{workspace_id}/tickets/{ticket}/watching';
const watching_params = workspace_params.extend({ ticket: ticket_ref });

const reason = z.enum(['reporter', 'assignee', 'commented', 'mentioned', 'by_choice']);
const reasons = z.array(reason).max(5);

export const watching = z
  .strictObject({
    choice: z.enum(['automatic', 'watching', 'muted']).meta({
      description:
        '`automatic`: they watch the ticket if they reported it, are its assignee, commented on it or were mentioned. ' +
        '`muted`: they are only notified when they are assigned or mentioned.',
    }),
    watches: z.boolean().meta({ description: 'Whether they are notified of transitions and comments.' }),
    reasons: reasons.meta({ description: 'Why they watch, or would if the ticket were not muted.' }),
  })
  .meta({ id: 'Watching' });
export type Watching = z.infer<typeof watching>;

export const get_watching = operation({
  id: 'get_watching',
  method: 'get',
  path: watching_path,
  tag: 'notifications',
  summary: 'Returns whether the caller watches a ticket, and why.',
  params: watching_params,
  query: z.strictObject(narrowing(watching)),
  status: 200,
  response: watching,
});

export const set_watching = operation({
  id: 'set_watching',
  method: 'put',
  path: watching_path,
  tag: 'notifications',
  // A choice is stored as one row per ticket. Returning to `automatic` removes the row.
  takes_away: ({ choice }: { choice: string }) => choice === 'automatic',
  summary: 'Makes the caller watch a ticket, mutes it for them, or returns to `automatic`.',
  params: watching_params,
  body: z.strictObject({ choice: watching.shape.choice }),
  status: 200,
  response: watching,
  errors: ['quota_exceeded'],
});

export const watcher = z.strictObject({ user_id: id, reasons: reasons.min(1) }).meta({ id: 'Watcher' });
export type Watcher = z.infer<typeof watcher>;

export const list_watchers = operation({
  id: 'list_watchers',
  method: 'get',
  path: '/v1/workspaces/{workspace_id}/tickets/{ticket}/watchers',
  tag: 'notifications',
  summary:
    'Lists the people who watch a ticket: its reporter, its assignee, those who commented or were mentioned, and those who chose to.',
  params: watching_params,
  query: page_query.extend(narrowing(watcher)),
  status: 200,
  response: page(watcher),
  errors: ['invalid_cursor'],
});
