import { BatonError } from '../errors.ts';
import { inclusionProof, tile_width } from '../ledger/merkle.ts';
import { parseTile } from '../ledger/tiles.ts';
import type { Services } from '../services.ts';
import type { Serve } from '../serving/serve.ts';
import { Checkpoints } from './checkpoints.ts';
import { endsExport, exportPage } from './export.ts';
import * as contract from './ledger-contract.ts';
import { entriesFrom, hashesAt, lastCheckpoint, treeSize } from './ledger-queries.ts';

/** The result of a read that finds no checkpoint. */
const nothing = '';

/** Encodes entries as in a tile: each one after its length in two bytes. */
function bundled(entries: readonly string[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      const bytes = Buffer.from(entry);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(bytes.length);
      return [length, bytes];
    }),
  );
}

export function ledgerRoutes(serve: Serve, services: Services): void {
  const checkpoints = new Checkpoints(services.config, services);
  const lastOf = (db: Parameters<typeof lastCheckpoint>[0], workspace_id: string) =>
    lastCheckpoint(db, workspace_id, checkpoints.signerOf(workspace_id));

  /** If the last checkpoint matters to the first result and a new one is due, signs it and reads again. */
  const signing = (matters: (result: string) => boolean) => ({
    poll: async <Q>(first: string, asked: { query: Q; workspace_id: string; read: (query: Q) => Promise<string> }) => {
      const is_newer = matters(first) && (await checkpoints.signIfDue(asked.workspace_id));
      const result = is_newer ? await asked.read(asked.query) : first;
      if (result === nothing) throw new BatonError('not_found');
      return result;
    },
  });

  serve.following(
    contract.get_audit_checkpoint,
    async ({ db, workspace_id }) => (await lastOf(db, workspace_id))?.note ?? nothing,
    signing(() => true),
  );

  serve(contract.get_audit_tile, async ({ db, workspace_id, actor, params }) => {
    const [size] = await Promise.all([treeSize(db, workspace_id), actor]);
    const tile = parseTile(params.tile);
    if (tile === undefined) throw new BatonError('not_found');
    const level = params.level === 'entries' ? 0 : Number(params.level);
    const first = tile.index * tile_width;
    if (first + tile.width > Math.floor(size / tile_width ** level)) throw new BatonError('not_found');
    if (params.level === 'entries') {
      return bundled(await entriesFrom(db, workspace_id, first + 1, tile.width)).toString('latin1');
    }
    const places = Array.from({ length: tile.width }, (_, n) => ({ level, position: first + n }));
    return Buffer.concat(await hashesAt(db, workspace_id, places)).toString('latin1');
  });

  serve.following(
    contract.get_audit_proof,
    async ({ db, workspace_id, actor, params: { sequence } }) => {
      const [last] = await Promise.all([lastOf(db, workspace_id), actor]);
      if (last === undefined || sequence > last.size) return nothing;
      const index = sequence - 1;
      const proof = await inclusionProof(index, last.size, (places) => hashesAt(db, workspace_id, places));
      const lines = ['c2sp.org/tlog-proof@v1', `index ${index}`, ...proof.map((hash) => hash.toString('base64')), ''];
      return `${lines.join('\n')}\n${last.note}`;
    },
    signing((result) => result === nothing),
  );

  serve.following(
    contract.export_audit,
    async ({ db, workspace_id, actor, query: { after, limit } }) => {
      const [last] = await Promise.all([lastOf(db, workspace_id), actor]);
      if (last === undefined) return nothing;
      return (await exportPage(db, workspace_id, { last, after, limit })).text;
    },
    signing((result) => result === nothing || endsExport(result)),
  );
}
