import type { OperationId } from 'baton-sdk';
import type { PageOf } from '../commands/registry.ts';

/** The operations that pages need and that some roles may not call. */
export const page_reads: Partial<Record<PageOf<'settings'>, OperationId>> = {
  invitations: 'list_invitations',
  webhooks: 'list_webhooks',
};
