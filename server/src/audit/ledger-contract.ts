import { z } from 'zod';
import { operation, workspace_params } from '../http/contract.ts';
import { wholeNumber } from '../http/whole-number.ts';
import { tile_form } from '../ledger/tiles.ts';

/** The largest integer that JavaScript represents exactly. */
const max_sequence = Number.MAX_SAFE_INTEGER;
/** The maximum number of events in a page of an export. */
export const max_exported = 1_000;

const note = z.string().max(2_000).meta({ pattern: '^[^\\n]+\\n[0-9]+\\n[A-Za-z0-9+/]{43}=\\n' });
const root = '/v1/workspaces/{workspace_id}/audit' as const;

export const get_audit_checkpoint = operation({
  id: 'get_audit_checkpoint',
  method: 'get',
  path: `${root}/checkpoint`,
  tag: 'audit',
  summary: 'Returns the log’s last signed checkpoint: its size and the root of its tree (C2SP tlog-checkpoint).',
  params: workspace_params,
  status: 200,
  media: 'text/plain',
  response: note,
});

export const get_audit_tile = operation({
  id: 'get_audit_tile',
  method: 'get',
  path: `${root}/tile/{level}/{tile}`,
  tag: 'audit',
  summary: 'Returns a tile of the log: hashes of its tree, or the entries themselves (C2SP tlog-tiles).',
  params: workspace_params.extend({
    level: z
      .string()
      .regex(/^(?:[0-6]|entries)$/)
      .max(7)
      .meta({ description: 'The level of the tiles, 0 to 6; or `entries`.', example: '0' }),
    tile: z.string().regex(tile_form).max(32).meta({
      description: 'The tile: `067` or `x001/x234/067`; a partial one with its width: `067.p/17`.',
      example: '000.p/1',
    }),
  }),
  deep: true,
  kept: true,
  status: 200,
  media: 'application/octet-stream',
  response: z
    .string()
    .max(256 * 65_537)
    .meta({ format: 'binary' }),
});

export const get_audit_proof = operation({
  id: 'get_audit_proof',
  method: 'get',
  path: `${root}/{sequence}/proof`,
  tag: 'audit',
  summary: 'Returns a proof that a signed checkpoint includes this event (C2SP tlog-proof).',
  params: workspace_params.extend({
    sequence: wholeNumber({ min: 1, max: max_sequence }).meta({
      format: 'int64',
      description: 'The event’s number: its offset without leading zeros.',
      example: 1,
    }),
  }),
  status: 200,
  media: 'text/plain',
  response: z.string().max(8_000).meta({ pattern: '^c2sp\\.org/tlog-proof@v1\\n' }),
});

export const export_audit = operation({
  id: 'export_audit',
  method: 'get',
  path: `${root}/export`,
  tag: 'audit',
  summary: 'Returns the log’s next events, one JSON line each, with everything needed to verify them.',
  params: workspace_params,
  query: z.strictObject({
    after: wholeNumber({ min: 0, max: max_sequence, by_default: 0 }).meta({
      format: 'int64',
      description: 'How many events the client already has; the next ones are returned.',
    }),
    limit: wholeNumber({ min: 1, max: max_exported, by_default: max_exported }).meta({
      format: 'int32',
      description: `The most events to return, 1 to ${max_exported}; fewer if they are long.`,
    }),
  }),
  status: 200,
  media: 'application/x-ndjson',
  response: z
    .string()
    .max(64 * 1024 * 1024)
    .meta({ pattern: '^\\{' }),
});
