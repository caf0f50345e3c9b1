import { infiniteQueryOptions } from '@tanstack/react-query';
import type { Input } from 'baton-sdk';
import { client } from './client.ts';

/** What narrows the audit log, as the API names it. */
export type AuditFilter = Pick<
  Input<'list_audit'>,
  'actor' | 'action' | 'subject' | 'subject_type' | 'created_after' | 'created_before'
>;

const per_page = 50;

/** The entries of the audit log, newest first. */
export const auditQuery = (workspace_id: string, filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ['audit', workspace_id, filter],
    queryFn: ({ signal, pageParam }) =>
      client.list_audit(
        { workspace_id, ...filter, limit: per_page, ...(pageParam !== '' && { cursor: pageParam }) },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });

/** The log's last signed checkpoint. */
export const loadCheckpoint = (workspace_id: string, signal?: AbortSignal): Promise<string> =>
  client.get_audit_checkpoint({ workspace_id }, { signal });

/** A proof that a checkpoint has the entry of this number. */
export const loadProof = (workspace_id: string, sequence: number): Promise<string> =>
  client.get_audit_proof({ workspace_id, sequence });

/** Some hashes of the log’s tree, one behind the other. */
export const loadTile = (workspace_id: string, level: number, tile: string): Promise<Uint8Array> =>
  client.get_audit_tile({ workspace_id, level: String(level), tile });

/** A page of the log as it was hashed: a line of JSON for each entry, and after the last one the checkpoint. */
export const loadExport = (
  workspace_id: string,
  given: { after: number; limit?: number },
  signal?: AbortSignal,
): Promise<string> => client.export_audit({ workspace_id, ...given }, { signal });
