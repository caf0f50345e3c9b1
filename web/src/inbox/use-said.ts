import type { Notification } from 'baton-sdk';
import type { Desk } from '../desk/desk.ts';
import { usePerson, useWorkflow } from '../desk/use-desk.ts';
import { saidBy } from './said.ts';

/** The key of a notification’s project. */
const projectOf = ({ ticket_key }: Notification) => ticket_key.slice(0, ticket_key.lastIndexOf('-'));

/** What a notification says, with the names that are known by now. */
export function useSaid(desk: Desk, notification: Notification): { says: string; actor: string | undefined } {
  const actor = usePerson(desk, notification.actor_id)?.name;
  const workflow = useWorkflow(desk, projectOf(notification));
  // A workflow that was replaced since may not have the status.
  const status = (key: string) => workflow?.statuses.find((one) => one.key === key)?.name ?? key.replaceAll('_', ' ');
  return { says: saidBy(notification, { actor, status }), actor };
}
