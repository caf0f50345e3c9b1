import type { OperationId } from 'baton-sdk';
import type { PageOf } from '../commands/registry.ts';

/** What pages read, where not everybody may. */
export const page_reads: Partial<Record<PageOf<'settings'>, OperationId>> = {
  invitations: 'list_invitations',
  webhooks: 'list_webhooks',
};
