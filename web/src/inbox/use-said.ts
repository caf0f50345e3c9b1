import type { Notification } from 'baton-sdk';
import type { Desk } from '../desk/desk.ts';
import { usePerson, useWorkflow } from '../desk/use-desk.ts';
import { saidBy } from './said.ts';
import { projectOf } from './subject.ts';

/** Returns a notification's sentence, with the names that are known so far. */
export function useSaid(desk: Desk, notification: Notification): { says: string; actor: string | undefined } {
  const actor = usePerson(desk, notification.actor_id)?.name;
  const workflow = useWorkflow(desk, projectOf(notification));
  // The workflow may have been replaced since and lack the status.
  const status = (key: string) => workflow?.statuses.find((one) => one.key === key)?.name ?? key.replaceAll('_', ' ');
  return { says: saidBy(notification, { actor, status }), actor };
}
