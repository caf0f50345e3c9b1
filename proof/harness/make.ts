import { notifyPeople, numberEvents } from './events.ts';
import { registerPerson, joinWorkspace, type Person } from './people.ts';

/** A workspace with one person in each role, a stranger, and one project. */
export interface Team {
  workspace_id: string;
  project_id: string;
  owner: Person;
  admin: Person;
  member: Person;
  viewer: Person;
  stranger: Person;
}

export async function makeTeam(server: { url: string }, workflow: 'strict' | 'standard' = 'strict'): Promise<Team> {
  const [owner, admin, member, viewer, stranger] = await Promise.all([
    registerPerson(server),
    registerPerson(server),
    registerPerson(server),
    registerPerson(server),
    registerPerson(server),
  ]);
  const { id: workspace_id } = await owner.client.create_workspace({ body: { name: 'Team' } });
  await joinWorkspace(owner, admin, workspace_id, 'admin');
  await joinWorkspace(owner, member, workspace_id, 'member');
  await joinWorkspace(owner, viewer, workspace_id, 'viewer');
  const project = await owner.client.create_project({ workspace_id, body: { key: 'ENG', name: 'Eng', workflow } });
  return { workspace_id, project_id: project.id, owner, admin, member, viewer, stranger };
}

export async function makeTicket(
  team: Team,
  fields: { title?: string; description?: string; assignee_id?: string; labels?: string[] } = {},
) {
  const { workspace_id, project_id, member } = team;
  return member.client.create_ticket({ workspace_id, project_id, body: { title: 'A ticket', ...fields } });
}

/** A name that never resolves (RFC 2606). */
export const nowhere = 'https://receiver.invalid/';

/**
 * Creates a webhook whose name never resolves, with a delivery queued for it. It is paused before the delivery is queued, so a
 * worker changes nothing.
 */
export async function makeWebhook(
  { url }: { url: string },
  { client }: Person,
  workspace_id: string,
  description = '',
): Promise<{ webhook_id: string; delivery_id: string }> {
  // Until it is paused, it is subscribed to an event that doesn't happen.
  const body = { url: nowhere, description, types: ['workspace.deleted' as const] };
  await numberEvents(url); // redelivery covers events older than the webhook
  const { id: webhook_id } = await client.create_webhook({ workspace_id, body });
  const change = { state: 'paused' as const, types: null };
  await client.update_webhook({ workspace_id, webhook_id, if_match: '*', body: change });
  const range = { from: '0000000000000001', to: '0000000000000003' };
  await client.redeliver({ workspace_id, webhook_id, body: range });
  const { data } = await client.list_deliveries({ workspace_id, webhook_id });
  return { webhook_id, delivery_id: data[0]?.id ?? '' };
}

/** Makes one member mention another on a ticket, which notifies the other. Returns the notification. */
export async function makeNotification(
  { url }: { url: string },
  { by, of }: { by: Person; of: Person },
  at: { workspace_id: string; ticket: string },
): Promise<{ notification_id: string }> {
  const { id } = await by.client.create_comment({ ...at, body: { body: `@${of.user.id}` } });
  await notifyPeople(url);
  const { data } = await of.client.list_notifications({ workspace_id: at.workspace_id });
  return { notification_id: data.find(({ comment_id }) => comment_id === id)?.id ?? '' };
}
