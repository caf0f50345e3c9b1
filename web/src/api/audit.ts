import { infiniteQueryOptions } from '@tanstack/react-query';
import type { Input } from 'baton-sdk';
import { client } from './client.ts';

/** The filters of the audit log, as the API names them. */
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

/** Returns the log’s last signed checkpoint. */
export const loadCheckpoint = (workspace_id: string, signal?: AbortSignal): Promise<string> =>
  client.get_audit_checkpoint({ workspace_id }, { signal });

/** Returns the proof that a checkpoint includes the entry with this number. */
export const loadProof = (workspace_id: string, sequence: number): Promise<string> =>
  client.get_audit_proof({ workspace_id, sequence });

/** Returns the hashes of one tile of the log’s tree, concatenated. */
export const loadTile = (workspace_id: string, level: number, tile: string): Promise<Uint8Array> =>
  client.get_audit_tile({ workspace_id, level: String(level), tile });

/**
 * Returns a page of the log as it was hashed: one line of JSON for each entry and, after the last entry, the
 * checkpoint.
 */
export const loadExport = (
  workspace_id: string,
  given: { after: number; limit?: number },
  signal?: AbortSignal,
): Promise<string> => client.export_audit({ workspace_id, ...given }, { signal });
