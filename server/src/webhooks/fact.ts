import type { Webhook } from './contract.ts';

/** Returns what the audit log has of a webhook: of its address only the origin, since the rest may be a secret. */
export function factOf({ url, description, types, project_ids, state }: Webhook) {
  return { origin: new URL(url).origin, description, types, project_ids, state };
}
