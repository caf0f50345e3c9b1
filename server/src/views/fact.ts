import type { View } from './contract.ts';

/** What the audit log has of a view: of a private one, which is its owner's own, that it isn't shared. */
export function factOf({ name, layout, query, shared }: View) {
  return shared ? { shared, name, layout, query } : { shared };
}
