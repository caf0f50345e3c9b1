import type { Webhook } from './contract.ts';

/** What the audit log has of a webhook: of its address only where it leads, since the rest may be a secret. */
export function factOf({ url, description, types, project_ids, state }: Webhook) {
  return { origin: new URL(url).origin, description, types, project_ids, state };
}
