import { chunked, consistencyProof, type Hash, type Place, tile_width } from '../ledger/merkle.ts';
import { parseCheckpoint, parseNote } from '../ledger/note.ts';
import { tilePath } from '../ledger/tiles.ts';

export interface Parties {
  /** Where the log is: …/v1/workspaces/{id}/audit. */
  log: string;
  /** An API token with audit:read. */
  token: string;
  /** Where the witness takes checkpoints. */
  witness: string;
}

const timeout_ms = 30_000;

async function ask(url: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(timeout_ms) });
}

async function readLog({ log, token }: Parties, path: string): Promise<Buffer> {
  const response = await ask(`${log}/${path}`, { headers: { authorization: `Bearer ${token}` } });
  const bytes = Buffer.from(await response.arrayBuffer());
  if (response.status !== 200)
    throw new Error(`The log responded ${response.status} for ${path}: ${bytes.toString('utf8')}`);
  return bytes;
}

/** Hashes of a log of so many events, read from its tiles, each tile once. */
function tilesOf(parties: Parties, size: number): (places: readonly Place[]) => Promise<Hash[]> {
  const tiles = new Map<string, Promise<Hash[]>>();
  const tileAt = ({ level, position }: Place) => {
    const index = Math.floor(position / tile_width);
    const width = Math.min(tile_width, Math.floor(size / tile_width ** level) - index * tile_width);
    const path = `tile/${level}/${tilePath({ index, width })}`;
    const tile = tiles.get(path) ?? readLog(parties, path).then(chunked);
    tiles.set(path, tile);
    return tile;
  };
  return (places) =>
    Promise.all(
      places.map(async (place) => {
        const hash = (await tileAt(place))[place.position % tile_width];
        if (hash === undefined) throw new Error(`The log has no hash ${place.position} at level ${place.level}.`);
        return hash;
      }),
    );
}

/** Has a witness cosign the log's checkpoint. Gives the checkpoint with the cosignature; throws where it refuses. */
export async function submitCheckpoint(parties: Parties): Promise<string> {
  const note = (await readLog(parties, 'checkpoint')).toString('utf8');
  const checkpoint = parseCheckpoint(parseNote(note)?.text ?? '');
  if (checkpoint === undefined) throw new Error('The log returned no checkpoint.');
  const post = (old: number, proof: readonly Hash[]) => {
    const lines = [`old ${old}`, ...proof.map((hash) => hash.toString('base64'))];
    const body = `${lines.join('\n')}\n\n${note}`;
    return ask(`${parties.witness}/add-checkpoint`, { method: 'POST', body });
  };
  let response = await post(0, []);
  if (response.status === 409) {
    const old = Number(await response.text());
    if (!Number.isSafeInteger(old)) throw new Error('The witness does not say what it has.');
    if (old > checkpoint.size) {
      throw new Error(
        `The witness has cosigned ${old} events of this log, and it has ${checkpoint.size}: it was rolled back.`,
      );
    }
    response = await post(old, await consistencyProof(old, checkpoint.size, tilesOf(parties, checkpoint.size)));
    if (response.status === 422) {
      throw new Error(`The log contradicts what the witness has cosigned: one of its first ${old} events was changed.`);
    }
  }
  const reply = await response.text();
  if (response.status !== 200) throw new Error(`The witness responded ${response.status}: ${reply.trim()}`);
  return note + reply;
}
