import { chunked, consistencyProof, type Hash, type Place, tile_width } from '../ledger/merkle.ts';
import { parseCheckpoint, parseNote } from '../ledger/note.ts';
import { tilePath } from '../ledger/tiles.ts';

export interface Parties {
  /** The URL of the log: …/v1/workspaces/{id}/audit. */
  log: string;
  /** An API token with audit:read. */
  token: string;
  /** The URL of the witness. */
  witness: string;
}

const timeout_ms = 30_000;

/** An example of each party's URL. */
const forms = {
  log: 'https://baton.example.com/v1/workspaces/{id}/audit',
  witness: 'https://witness.example.com',
} as const;
type Side = keyof typeof forms;

/** Returns the party's URL without a trailing slash. Throws if it is invalid. */
function checkedUrl(side: Side, text: string): string {
  const url = URL.parse(text);
  const is_plain = url !== null && `${url.username}${url.password}${url.search}${url.hash}` === '';
  // The error doesn't repeat the given URL, because it may contain a password.
  if (!is_plain || !['http:', 'https:'].includes(url.protocol))
    throw new Error(`The URL of the ${side} is invalid. Expected one such as ${forms[side]}.`);
  return url.href.replace(/\/$/, '');
}

interface Reply {
  status: number;
  bytes: Buffer;
}

async function ask(side: Side, url: string, init: RequestInit = {}): Promise<Reply> {
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(timeout_ms) });
    return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
  } catch (error) {
    const { name, message, cause } = error as Error;
    const { code, message: deeper } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
    const why = name === 'TimeoutError' ? `no response in ${timeout_ms / 1000} s` : (code ?? deeper ?? message);
    throw new Error(`The ${side} can't be reached at ${new URL(url).origin} (${why}).`, { cause: error });
  }
}

async function readLog({ log, token }: Parties, path: string): Promise<Buffer> {
  const { status, bytes } = await ask('log', `${log}/${path}`, { headers: { authorization: `Bearer ${token}` } });
  if (status !== 200) throw new Error(`The log responded ${status} for ${path}: ${bytes.toString('utf8')}`);
  return bytes;
}

/** Returns a reader of the hashes of a log with `size` events. It reads each tile once. */
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

/** Submits the log's checkpoint to a witness. Returns it with the cosignature; throws if the witness refuses. */
export async function submitCheckpoint(given: Parties): Promise<string> {
  const [log, witness] = [checkedUrl('log', given.log), checkedUrl('witness', given.witness)];
  const parties = { ...given, log };
  const note = (await readLog(parties, 'checkpoint')).toString('utf8');
  const checkpoint = parseCheckpoint(parseNote(note)?.text ?? '');
  if (checkpoint === undefined) throw new Error('The log returned no checkpoint.');
  const post = (old: number, proof: readonly Hash[]) => {
    const lines = [`old ${old}`, ...proof.map((hash) => hash.toString('base64'))];
    const body = `${lines.join('\n')}\n\n${note}`;
    return ask('witness', `${witness}/add-checkpoint`, { method: 'POST', body });
  };
  let reply = await post(0, []);
  if (reply.status === 409) {
    const old = Number(reply.bytes.toString('utf8'));
    if (!Number.isSafeInteger(old))
      throw new Error('The witness did not respond with the size of its last checkpoint.');
    if (old > checkpoint.size) {
      throw new Error(
        `The witness has cosigned ${old} events of this log, and the log has ${checkpoint.size}: it was rolled back.`,
      );
    }
    reply = await post(old, await consistencyProof(old, checkpoint.size, tilesOf(parties, checkpoint.size)));
    if (reply.status === 422) {
      throw new Error(`The log contradicts what the witness has cosigned: one of its first ${old} events was changed.`);
    }
  }
  const text = reply.bytes.toString('utf8');
  if (reply.status !== 200) throw new Error(`The witness responded ${reply.status}: ${text.trim()}`);
  return note + text;
}
