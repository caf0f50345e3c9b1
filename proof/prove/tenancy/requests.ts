import type { z } from 'zod';
import { contracts } from '../../../server/src/contracts.ts';
import { accessOf } from '../../../server/src/access/policy.ts';
import type { Operation } from '../../../server/src/http/contract.ts';
import { presets } from '../../../server/src/projects/workflow-definition.ts';
import { type Ids, type Side, type World } from './world.ts';

/** One request for any principal to send, and the sides whose ids it contains. */
export interface Shot {
  operation: Operation;
  workspace: Side | undefined;
  /** The side of the second id in the path. */
  inner: Side | undefined;
  /** The side of the id in the query or body, or of the cursor. */
  given: Side | undefined;
  where: 'path' | 'query' | 'cursor' | 'body';
  method: string;
  path: string;
  body: unknown;
}

/** A body that the operation accepts, for each write. */
export const bodies: Record<string, unknown> = {
  update_workspace: { name: 'Same' },
  update_member: { role: 'viewer' },
  create_invitation: { email: 'another@example.com', role: 'viewer' },
  create_bot: { name: 'Bot' },
  update_bot: { name: 'Bot' },
  create_token: { name: 'T', scopes: ['tickets:read'] },
  create_view: { name: 'V' },
  update_view: { name: 'V' },
  update_preferences: { theme: 'dark' },
  create_webhook: { url: 'https://receiver.invalid/' },
  update_webhook: { description: 'Same' },
  rotate_webhook_secret: { overlap_s: 60 },
  redeliver: { from: '0000000000000001', to: '0000000000000003' },
  update_notification: { read: true },
  read_notifications: { up_to: '0198c1f2-7a30-7c4e-9a55-3f2b6d1c8e90' },
  update_notification_settings: { kinds: { due: false } },
  set_watching: { choice: 'watching' },
  create_project: { key: 'NEW', name: 'New' },
  update_project: { name: 'Eng' },
  replace_workflow: presets.strict,
  create_ticket: { title: 'T' },
  update_ticket: { title: 'T', version: 1 },
  purge_ticket: { fields: ['title'] },
  set_assignee: { assignee_id: null },
  place_ticket: { at: 'top' },
  change_tickets: { changes: [{ ticket: 'ENG-1', update: { labels_add: ['x'] } }] },
  transition_ticket: { to: 'closed' },
  create_comment: { body: 'c' },
  update_comment: { body: 'd', version: 1 },
  update_me: { name: 'Same' },
  request_email_change: { email: 'another@example.com', current_password: 'not the password' },
  change_password: { current_password: 'not the password', new_password: 'a long enough new one' },
  create_workspace: { name: 'Another' },
  login: { email: 'nobody@example.com', password: 'not the password' },
  refresh: { refresh_token: 'none' },
  register: { email: 'nobody', password: 'x', name: '' },
  request_password_reset: { email: 'nobody@example.com' },
  confirm_email: { token: 'none' },
  reset_password: { token: 'none', new_password: 'a long enough new one' },
  accept_invitation: { token: 'bit_' },
};

/** The query parameters that an operation requires. */
export const queries: Record<string, string> = { add_attachment: 'name=a.txt' };

/** The ids outside the path: the field, and which id of a side belongs in it. */
const in_queries: Record<string, [field: string, from: keyof Omit<Ids, 'cursors'>][]> = {
  list_tickets: [
    ['project_id', 'project_id'],
    ['assignee', 'user_id'],
    ['reporter', 'user_id'],
    ['ids', 'ticket'],
  ],
  count_tickets: [
    ['project_id', 'project_id'],
    ['assignee', 'user_id'],
    ['reporter', 'user_id'],
    ['ids', 'ticket'],
  ],
  get_board: [
    ['assignee', 'user_id'],
    ['reporter', 'user_id'],
  ],
  list_people: [['ids', 'user_id']],
  read_events: [
    ['project_id', 'project_id'],
    ['ticket', 'ticket'],
  ],
  list_audit: [
    ['actor', 'user_id'],
    ['subject', 'ticket'],
    ['subject', 'project_id'],
  ],
};
const in_bodies: Record<string, [field: string, from: keyof Omit<Ids, 'cursors'>]> = {
  create_token: ['user_id', 'user_id'],
  set_assignee: ['assignee_id', 'user_id'],
  create_ticket: ['assignee_id', 'user_id'],
  transition_ticket: ['assignee_id', 'user_id'],
  create_webhook: ['project_ids', 'project_id'],
  update_webhook: ['project_ids', 'project_id'],
  update_notification_settings: ['muted_project_ids', 'project_id'],
  read_notifications: ['up_to', 'notification_id'],
};

/** Deprecated names of the same fields, which are still accepted. */
const former_names: Record<string, string[]> = { set_assignee: ['user_id'] };

/** Fields of the contract that carry ids outside the path but aren't tried; there must be none. */
export function untriedIds(): string[] {
  return contracts.flatMap((operation) => {
    // A schema with a transform is a pipe, whose input has the fields. A deprecated field is renamed before anything else sees
    // it.
    const fields = (type: unknown) => {
      type Fields = Record<string, z.ZodType>;
      const { shape, in: input } = (type ?? {}) as { shape?: Fields; in?: { shape?: Fields } };
      const former = ([, field]: [string, z.ZodType]) => field.meta()?.deprecated === true;
      return Object.entries(shape ?? input?.shape ?? {}).flatMap((entry) => (former(entry) ? [] : [entry[0]]));
    };
    const ids = (names: string[]) =>
      names.filter((name) => /(^|_)ids?$|^(assignee|reporter|actor|subject)$/.test(name));
    const queried = (in_queries[operation.id] ?? []).map(([field]) => field);
    const [written] = in_bodies[operation.id] ?? [];
    const known = [written, ...(former_names[operation.id] ?? [])];
    return [
      ...ids(fields(operation.query)).filter((field) => !queried.includes(field)),
      ...ids(fields(operation.body)).filter((field) => !known.includes(field)),
    ].map((field) => `${operation.id}: ${field} is not tried`);
  });
}

const sides = ['attacked', 'other', 'absent'] as const;

/** Fills ids into the path of an operation. Throws if one is missing, because the request would then prove nothing. */
export function fill({ id, path }: Pick<Operation, 'id' | 'path'>, params: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const given = params[name];
    if (given === undefined) throw new Error(`${id} needs a ${name}: create one where the other ids come from.`);
    return given;
  });
}

/** Returns a body that the operation accepts. Throws if the operation needs one and `bodies` has none. */
export function bodyOf({ id, body }: Pick<Operation, 'id' | 'body'>): unknown {
  if (body !== undefined && !(id in bodies)) throw new Error(`${id} has no body: add one to tenancy/requests.ts.`);
  return bodies[id];
}

/** Path parameters that are not ids and belong to nobody. */
const places: Record<string, string> = { emoji: '%F0%9F%91%8D', sequence: '1', level: '0', tile: '000.p/1' };

function workspaceShots(operation: Operation, world: World): Shot[] {
  const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').slice(1);
  const [inner, inmost] = names.filter((name) => !(name in places));
  const method = operation.method.toUpperCase();
  const body = bodyOf(operation);
  const shots: Shot[] = [];
  for (const workspace of [...sides, 'gone'] as const) {
    const workspace_id = workspace === 'gone' ? world.gone_id : world.sides[workspace].workspace_id;
    const add = (side: (typeof sides)[number] | undefined, ref: string) => {
      // A comment is of the same side as `ref`: it belongs to the ticket in the path, except in the last call of `add` below.
      const beneath = side === undefined ? {} : world.sides[side];
      const ids: Record<string, string> = {
        ...places,
        ...beneath,
        workspace_id,
        ...(inner === undefined ? {} : { [inner]: ref }),
      };
      const filled = fill(operation, ids);
      const path = operation.id in queries ? `${filled}?${queries[operation.id]}` : filled;
      const shot: Shot = { operation, workspace, inner: side, given: undefined, where: 'path', method, path, body };
      shots.push(shot);
      for (const given of sides) {
        for (const [field, from] of in_queries[operation.id] ?? []) {
          shots.push({ ...shot, where: 'query', given, path: `${path}?${field}=${world.sides[given][from]}` });
        }
        const cursor = world.sides[given].cursors[operation.id];
        if (cursor !== undefined) shots.push({ ...shot, where: 'cursor', given, path: `${path}?cursor=${cursor}` });
        const [field, from] = in_bodies[operation.id] ?? [];
        if (field === undefined || from === undefined) continue;
        const id = world.sides[given][from];
        const value = field.endsWith('ids') ? [id] : id;
        shots.push({ ...shot, where: 'body', given, body: { ...(body as object), [field]: value } });
      }
    };
    if (inner === undefined) add(undefined, '');
    else {
      for (const side of sides) {
        add(side, world.sides[side][inner as 'ticket']);
        if (inner === 'ticket') add(side, world.sides[side].key);
        // The workspace's own ticket or webhook, with a part of another one. Every ticket has a first transition.
        if (inmost !== undefined && workspace !== 'gone') add(side, world.sides[workspace][inner as 'ticket']);
      }
    }
  }
  return shots;
}

function otherShots(operation: Operation, world: World): Shot[] {
  const method = operation.method.toUpperCase();
  const body = bodyOf(operation);
  const none = { operation, workspace: undefined, inner: undefined, given: undefined, method, body } as const;
  if (operation.path.includes('{session_id}')) {
    return sides.map((given) => {
      const path = fill(operation, { session_id: world.sides[given].session_id });
      return { ...none, given, where: 'path', path };
    });
  }
  if (operation.id === 'accept_invitation') {
    const dead = Object.values(world.dead_tokens).map((token) => ({ token, given: 'gone' as const }));
    const live = sides.map((given) => ({ token: world.sides[given].token, given }));
    return [...dead, ...live].map(({ token, given }) => {
      return { ...none, given, where: 'body', path: operation.path, body: { token } };
    });
  }
  const shots: Shot[] = [{ ...none, where: 'path', path: operation.path }];
  for (const given of sides) {
    const cursor = world.sides[given].cursors[operation.id];
    if (cursor === undefined) continue;
    shots.push({ ...none, given, where: 'cursor', path: `${operation.path}?cursor=${cursor}` });
  }
  return shots;
}

/** Every operation with every mixture of ids. */
export function shotsAt(world: World): Shot[] {
  return contracts.flatMap((operation) =>
    typeof accessOf(operation.id) === 'string' ? otherShots(operation, world) : workspaceShots(operation, world),
  );
}
