import type { View } from './contract.ts';

/** Returns what the audit log records of a view. Of a private view it records only that it isn't shared. */
export function factOf({ name, layout, query, shared }: View) {
  return shared ? { shared, name, layout, query } : { shared };
}
