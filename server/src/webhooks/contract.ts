import { z } from 'zod';
import { audit_action } from '../audit/contract.ts';
import { offset } from '../audit/contract.ts';
import {
  base_version,
  id,
  narrowing,
  operation,
  page,
  page_query,
  stored,
  text,
  timestamp,
  verbatim,
  version,
  workspace_params,
} from '../http/contract.ts';
import { project_ref } from '../projects/contract.ts';

const unique = (values: readonly string[]) => new Set(values).size === values.length;

/** The types that requests can name. Responses may contain further types in the future. */
const event_type = z.enum(audit_action.options).meta({ id: 'EventType', description: 'A type of event.' });
const types = z
  .array(audit_action)
  .min(1)
  .max(50)
  .nullable()
  .meta({ description: 'The types of events that are sent to it; null: all.' });
const project_ids = z.array(id).min(1).max(50).nullable().meta({
  description:
    'Only events of these projects and their tickets are sent to it; null: all events, including those without a project.',
});
const twice = 'A value is given twice.';
const given_types = z
  .array(event_type)
  .min(1)
  .max(50)
  .nullable()
  .meta(types.meta() ?? {})
  .refine((given) => given === null || unique(given), twice);
const given_projects = z
  .array(project_ref)
  .min(1)
  .max(50)
  .nullable()
  .meta({ description: `${project_ids.meta()?.description ?? ''} Each is given by id or key.` })
  .refine((given) => given === null || unique(given), twice);
const given_url = verbatim({ min: 1, max: 2000 }).meta({
  description: 'The address to send to: https, without user name and password, and not in a private network.',
  example: 'https://receiver.example/baton',
});
const description = text({ max: 200 });

export const webhook = z
  .strictObject({
    id,
    url: stored(2000),
    description: stored(200),
    types,
    project_ids,
    state: z.enum(['active', 'paused', 'disabled']).meta({
      description:
        'Events are sent to an active webhook. A paused or disabled one gets them once it is active again, from where it stopped.',
    }),
    state_reason: z.enum(['by_admin', 'failing', 'gone', 'workspace_deleted']).nullable().meta({
      description:
        'Why it isn’t active: an admin paused it, its receiver failed for days, its receiver responded with 410, or the workspace was deleted.',
    }),
    failing_since: timestamp
      .nullable()
      .meta({ description: 'Since when every attempt has failed; null: the last one succeeded.' }),
    previous_secret_until: timestamp
      .nullable()
      .meta({ description: 'Until when messages are also signed with the previous secret.' }),
    version,
    created_by: id,
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Webhook' });
export type Webhook = z.infer<typeof webhook>;

const secret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]{43}=$/)
  .max(50)
  .meta({
    description:
      'What messages are signed with. Nothing else returns it, except this request sent again under its Idempotency-Key.',
  });

const webhook_params = z.strictObject({ workspace_id: id, webhook_id: id });
const base = '/v1/workspaces/{workspace_id}/webhooks';

export const create_webhook = operation({
  id: 'create_webhook',
  method: 'post',
  path: base,
  tag: 'webhooks',
  summary: 'Creates a webhook: what happens from now on is sent to its address. The response contains the secret.',
  params: workspace_params,
  body: z.strictObject({
    url: given_url,
    description: description.default(''),
    types: given_types.default(null),
    project_ids: given_projects.default(null),
  }),
  status: 201,
  response: webhook.extend({ secret }).meta({ id: 'NewWebhook' }),
  etag: true,
  location: '/v1/workspaces/{workspace_id}/webhooks/{id}',
});

export const list_webhooks = operation({
  id: 'list_webhooks',
  method: 'get',
  path: base,
  tag: 'webhooks',
  summary: 'Lists webhooks, oldest first.',
  params: workspace_params,
  query: page_query.extend(narrowing(webhook)),
  status: 200,
  response: page(webhook),
  errors: ['invalid_cursor'],
});

export const get_webhook = operation({
  id: 'get_webhook',
  method: 'get',
  path: `${base}/{webhook_id}`,
  tag: 'webhooks',
  summary: 'Returns a webhook, without its secret.',
  params: webhook_params,
  query: z.strictObject(narrowing(webhook)),
  status: 200,
  response: webhook,
  etag: true,
});

export const update_webhook = operation({
  id: 'update_webhook',
  method: 'patch',
  path: `${base}/{webhook_id}`,
  tag: 'webhooks',
  summary: 'Changes a webhook, pauses it, or resumes it from where it stopped.',
  params: webhook_params,
  body: z.strictObject({
    url: given_url.optional(),
    description: description.optional(),
    types: given_types.optional(),
    project_ids: given_projects.optional(),
    state: z.enum(['active', 'paused']).optional(),
    version: base_version,
  }),
  if_match: 'required',
  status: 200,
  response: webhook,
  etag: true,
  takes_away: true,
  errors: ['precondition_required', 'conflict'],
});

export const delete_webhook = operation({
  id: 'delete_webhook',
  method: 'delete',
  path: `${base}/{webhook_id}`,
  tag: 'webhooks',
  summary: 'Deletes a webhook. Events that have not been delivered by then never are.',
  params: webhook_params,
  if_match: true,
  status: 204,
});

export const rotate_webhook_secret = operation({
  id: 'rotate_webhook_secret',
  method: 'post',
  path: `${base}/{webhook_id}/secrets`,
  tag: 'webhooks',
  summary: 'Gives a webhook a new secret, which the response contains. For a while, messages are signed with both.',
  params: webhook_params,
  body: z.strictObject({
    overlap_s: z.int().min(0).max(604_800).default(86_400).meta({
      format: 'int32',
      description: 'For how many seconds messages are also signed with the previous secret; 0: not at all.',
    }),
  }),
  status: 200,
  response: z.strictObject({ secret, previous_secret_until: timestamp.nullable() }).meta({ id: 'WebhookSecret' }),
});

export const ping_webhook = operation({
  id: 'ping_webhook',
  method: 'post',
  path: `${base}/{webhook_id}/pings`,
  tag: 'webhooks',
  summary: 'Sends a webhook the event `webhook.pinged`, whatever its types and projects.',
  params: webhook_params,
  status: 204,
});

const attempt = z.strictObject({
  at: timestamp,
  duration_ms: z.int().min(0).max(2_147_483_647).meta({ format: 'int32' }),
  status: z
    .int()
    .min(100)
    .max(999)
    .meta({ format: 'int32' })
    .nullable()
    .meta({ format: 'int32', description: 'The status of the response; null if there was none.' }),
  error: stored(100).nullable().meta({
    description:
      'Why there was no response: `TIMEOUT`, `ADDRESS_NOT_PUBLIC`, `SECRET_UNREADABLE`, `NO_RESPONSE` (what came was not a valid HTTP response), a system error code such as `ECONNREFUSED`, or `FAILED` (anything else).',
  }),
  request_head: stored(1024).nullable().meta({
    description:
      'The head of the request, one header per line. The path of the URL is left out, because it may be a secret. Null if nothing was sent.',
  }),
  response_head: stored(1024).nullable().meta({
    description:
      'The beginning of the response’s head, one header per line, without the values of cookies and of other headers that look like secrets. Null if there was no response, or if it was deleted because it may repeat a purged text.',
  }),
  response_body: stored(1024)
    .nullable()
    .meta({ description: 'The beginning of the response’s body. Null if its head is null.' }),
});
export type Attempt = z.infer<typeof attempt>;

/** The number of attempts that a delivery keeps. */
export const kept_attempts = 20;

const delivery = z
  .strictObject({
    id: id.meta({ description: 'The event’s id, which is also the message’s: `webhook-id`.' }),
    offset: offset.meta({ description: 'The event’s offset.' }),
    type: audit_action,
    state: z.enum(['pending', 'delivered', 'given_up']),
    attempts: z.int().min(0).max(2_147_483_647).meta({ format: 'int32', description: 'How many attempts have begun.' }),
    next_attempt_at: timestamp.nullable().meta({
      description: 'When it is sent next; null if it has ended, or waits for an earlier event of its ticket.',
    }),
    last_status: attempt.shape.status,
    last_error: attempt.shape.error,
    created_at: timestamp,
    finished_at: timestamp.nullable(),
  })
  .meta({ id: 'Delivery' });
export type Delivery = z.infer<typeof delivery>;

const whole_delivery = delivery
  .extend({
    log: z
      .array(attempt)
      .max(kept_attempts)
      .meta({ description: `The last ${kept_attempts} attempts, oldest first.` }),
  })
  .meta({ id: 'DeliveryWithLog' });
export type DeliveryWithLog = z.infer<typeof whole_delivery>;

export const list_deliveries = operation({
  id: 'list_deliveries',
  method: 'get',
  path: `${base}/{webhook_id}/deliveries`,
  tag: 'webhooks',
  summary: 'Lists the deliveries of a webhook, latest event first.',
  params: webhook_params,
  query: page_query.extend({
    ...narrowing(delivery),
    state: z.enum(['pending', 'given_up']).optional().meta({ description: 'Only those in this state.' }),
  }),
  status: 200,
  response: page(delivery),
  errors: ['invalid_cursor'],
});

export const get_delivery = operation({
  id: 'get_delivery',
  method: 'get',
  path: `${base}/{webhook_id}/deliveries/{delivery_id}`,
  tag: 'webhooks',
  summary: 'Returns a delivery with its attempts and their responses.',
  params: z.strictObject({ workspace_id: id, webhook_id: id, delivery_id: id }),
  query: z.strictObject(narrowing(whole_delivery)),
  status: 200,
  response: whole_delivery,
});

/** The maximum number of events that one request can send again. */
export const most_again = 1000;

export const redeliver = operation({
  id: 'redeliver',
  method: 'post',
  path: `${base}/{webhook_id}/redeliveries`,
  tag: 'webhooks',
  summary: 'Sends events again, with the same ids: one delivery, or all the webhook’s events in a range of offsets.',
  params: webhook_params,
  body: z.union([
    z.strictObject({ delivery_id: id }),
    z.strictObject({
      from: offset,
      to: offset.meta({
        description: `The last offset of the range: at most ${most_again} events, which may be older than the webhook. Events that the webhook has not come to yet are left out, because they are queued in their order anyway.`,
      }),
    }),
  ]),
  status: 202,
  response: z
    .strictObject({
      queued: z.int().min(0).max(most_again).meta({
        format: 'int32',
        description: 'The number of deliveries queued, without those that were pending already.',
      }),
    })
    .meta({ id: 'Redelivery' }),
  errors: ['redelivery_refused'],
});
