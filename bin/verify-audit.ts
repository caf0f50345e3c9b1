import { createPublicKey, hash, verify } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

// Verifies an export of an audit log, with nothing but this file and Node: node verify-audit.ts EXPORT --key KEY.
// It has the rules of RFC 6962 and C2SP for itself, and shares no line with what wrote the log.

const usage = `Usage: verify-audit EXPORT --key KEY [--known FILE]… [--witness KEY]…

  EXPORT     what GET …/audit/export returned, page behind page
  --key      the log's key, from somebody whom you trust: npm run audit -- key WORKSPACE
  --known    a checkpoint of this log that you have from before, or from somebody else
  --witness  a witness's key: one of the known checkpoints must have its cosignature`;

export interface Problem {
  code:
    | 'bad_line'
    | 'bad_entry'
    | 'foreign_entry'
    | 'wrong_sequence'
    | 'payload_differs'
    | 'no_checkpoint'
    | 'not_the_end'
    | 'bad_signature'
    | 'foreign_log'
    | 'events_missing'
    | 'events_surplus'
    | 'root_differs'
    | 'rolled_back'
    | 'contradicts'
    | 'not_cosigned';
  /** The event that it is about. */
  sequence?: number;
  says: string;
}

export interface Verdict {
  problems: Problem[];
  origin: string | undefined;
  size: number;
  root: string;
  /** Numbers of events whose text was erased, the first of them. */
  erased: number[];
  erased_count: number;
  /** Up to here a witness has seen nothing that contradicts. */
  cosigned_size: number;
}

export interface Options {
  key: string;
  known?: readonly string[];
  witnesses?: readonly string[];
}

const most_told = 20;

// Hashes, as RFC 6962 has them.

const leafOf = (entry: string): Buffer => hash('sha256', `\0${entry}`, 'buffer');
const node_prefix = Buffer.of(1);
const nodeOf = (left: Buffer, right: Buffer): Buffer =>
  hash('sha256', Buffer.concat([node_prefix, left, right]), 'buffer');

/** The tree so far: the roots of its complete subtrees, the largest first. */
class Tree {
  size = 0;
  readonly #roots: Buffer[] = [];

  add(leaf: Buffer): void {
    let joined = leaf;
    for (let left = this.size; left % 2 === 1; left = (left - 1) / 2) {
      joined = nodeOf(this.#roots.pop() as Buffer, joined);
    }
    this.#roots.push(joined);
    this.size++;
  }

  root(): string {
    const whole = this.#roots.length === 0 ? hash('sha256', '', 'buffer') : undefined;
    return (whole ?? this.#roots.reduceRight((right, left) => nodeOf(left, right))).toString('base64');
  }
}

// Signed notes, as C2SP has them.

interface Key {
  name: string;
  id: string;
  kind: number;
  bytes: Buffer;
}

const ed25519 = Buffer.from('302a300506032b6570032100', 'hex');

function readKey(text: string): Key {
  const [, name = '', id = '', encoded = ''] =
    /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(text.trim()) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  const own = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), bytes]), 'buffer').toString('hex', 0, 4);
  if (bytes.length !== 33 || own !== id) throw new Error(`${text.trim()} is no key: expected name+id+key.`);
  return { name, id, kind: bytes[0] ?? 0, bytes: bytes.subarray(1) };
}

interface Checkpoint {
  text: string;
  origin: string;
  size: number;
  root: string;
  signatures: { name: string; id: string; bytes: Buffer }[];
}

function readCheckpoint(note: string): Checkpoint | undefined {
  const end = note.lastIndexOf('\n\n');
  const [, origin = '', size = '', root = ''] =
    /^([^\n]+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n/.exec(note.slice(0, end + 1)) ?? [];
  if (origin === '' || !note.endsWith('\n')) return undefined;
  const lines = note.slice(end + 2, -1).split('\n');
  const signatures = lines.map((line) => {
    const [, name = '', encoded = ''] = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? [];
    const bytes = Buffer.from(encoded, 'base64');
    return { name, id: bytes.toString('hex', 0, 4), bytes: bytes.subarray(4) };
  });
  return { text: note.slice(0, end + 1), origin, size: Number(size), root, signatures };
}

/** Whether the key has signed the checkpoint, and every signature that says so is good. */
function isSigned({ text, signatures }: Checkpoint, key: Key): boolean {
  const own = signatures.filter(({ name, id }) => name === key.name && id === key.id);
  const public_key = createPublicKey({ key: Buffer.concat([ed25519, key.bytes]), format: 'der', type: 'spki' });
  return (
    own.length > 0 &&
    own.every(({ bytes }) => {
      if (key.kind === 1) return verify(null, Buffer.from(text), public_key, bytes);
      if (key.kind !== 4 || bytes.length !== 72) return false;
      const signed = `cosignature/v1\ntime ${bytes.readBigUInt64BE(0)}\n${text}`;
      return verify(null, Buffer.from(signed), public_key, bytes.subarray(8));
    })
  );
}

// Entries. One expression says what an entry may be, so that no two readers can take it for different things.

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const entry_form =
  /^\{"action":"[a-z_]+\.[a-z_]+","actor_id":"UUID","created_at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z","id":"UUID","on_behalf_of":(?:null|"UUID"),"payload":"([A-Za-z0-9+/]{43}=)","sequence":([1-9]\d{0,15}),"subject_id":"UUID","subject_type":"[a-z_]+","subject_version":(?:null|\d+),"ticket_id":(?:null|"UUID"),"token_id":(?:null|"UUID"),"v":1,"workspace_id":"(UUID)"\}$/;
const entry_expression = new RegExp(entry_form.source.replaceAll('UUID', uuid));

interface Line {
  entry?: unknown;
  salt?: unknown;
  payload?: unknown;
  checkpoint?: unknown;
}

/** Takes an export line by line, and says at its end what is wrong with it. */
export class ExportVerifier {
  readonly #key: Key;
  readonly #witnesses: Key[];
  readonly #known: Checkpoint[];
  readonly #tree = new Tree();
  readonly #problems: Problem[] = [];
  readonly #erased: number[] = [];
  #erased_count = 0;
  #lines = 0;
  #checkpoint: Checkpoint | undefined;
  /** The roots of this log at the sizes of the known checkpoints. */
  readonly #roots = new Map<number, string>();
  readonly #sizes: Set<number>;

  constructor({ key, known = [], witnesses = [] }: Options) {
    this.#key = readKey(key);
    if (this.#key.kind !== 1) throw new Error(`${key} is not the key of a log.`);
    this.#witnesses = witnesses.map(readKey);
    this.#known = known.map((note) => {
      const checkpoint = readCheckpoint(note);
      if (checkpoint === undefined) throw new Error('What is given as known is no checkpoint.');
      if (checkpoint.origin !== this.#key.name || !isSigned(checkpoint, this.#key)) {
        throw new Error(`A known checkpoint is not signed by ${this.#key.name}.`);
      }
      return checkpoint;
    });
    this.#sizes = new Set(this.#known.map(({ size }) => size));
    if (this.#sizes.has(0)) this.#roots.set(0, this.#tree.root());
  }

  #tell(code: Problem['code'], says: string, sequence?: number): void {
    if (this.#problems.length < most_told) this.#problems.push({ code, says, ...(sequence && { sequence }) });
  }

  take(text: string): void {
    this.#lines++;
    let line: Line;
    try {
      line = JSON.parse(text) as Line;
    } catch {
      return this.#tell('bad_line', `line ${this.#lines} is no JSON`);
    }
    if (this.#checkpoint !== undefined)
      return this.#tell('not_the_end', `line ${this.#lines} is behind the checkpoint`);
    if (typeof line.checkpoint === 'string') return this.#takeCheckpoint(line.checkpoint);
    if (typeof line.entry !== 'string') return this.#tell('bad_line', `line ${this.#lines} is no event`);
    return this.#takeEvent(line.entry, line);
  }

  #takeCheckpoint(note: string): void {
    this.#checkpoint = readCheckpoint(note);
    if (this.#checkpoint === undefined) this.#tell('no_checkpoint', 'the last line has no checkpoint');
  }

  #takeEvent(entry: string, { salt, payload }: Line): void {
    const place = this.#tree.size + 1;
    const [, hashed, number, workspace_id] = entry_expression.exec(entry) ?? [];
    this.#tree.add(leafOf(entry));
    if (this.#sizes.has(place)) this.#roots.set(place, this.#tree.root());
    if (hashed === undefined) return this.#tell('bad_entry', `event ${place} is not written as an event is`, place);
    if (Number(number) !== place) {
      this.#tell('wrong_sequence', `event ${number} stands where event ${place} should`, place);
    }
    if (!this.#key.name.endsWith(`/${workspace_id}`)) {
      this.#tell('foreign_entry', `event ${place} is of another workspace`, place);
    }
    if (salt === null && payload === null) {
      this.#erased_count++;
      if (this.#erased.length < most_told) this.#erased.push(place);
    } else if (typeof salt !== 'string' || typeof payload !== 'string') {
      this.#tell('bad_line', `event ${place} has a payload without its salt, or the other way round`, place);
    } else {
      const bytes = Buffer.concat([Buffer.from(salt, 'base64'), Buffer.from(payload)]);
      const differs = hash('sha256', bytes, 'base64') !== hashed;
      if (differs) this.#tell('payload_differs', `event ${place} says something else than its hash does`, place);
    }
  }

  end(): Verdict {
    const { size } = this.#tree;
    const root = this.#tree.root();
    const last = this.#checkpoint;
    if (last === undefined)
      this.#tell('no_checkpoint', 'the export ends without a checkpoint: a part of it is missing');
    else this.#judge(last, root);
    const cosigned_size = this.#judgeKnown();
    return {
      problems: this.#problems,
      origin: last?.origin,
      size,
      root,
      erased: this.#erased,
      erased_count: this.#erased_count,
      cosigned_size,
    };
  }

  #judge(last: Checkpoint, root: string): void {
    const { size } = this.#tree;
    if (last.origin !== this.#key.name) this.#tell('foreign_log', `the checkpoint is of ${last.origin}`);
    if (!isSigned(last, this.#key)) this.#tell('bad_signature', `the checkpoint is not signed by ${this.#key.name}`);
    if (size < last.size) this.#tell('events_missing', `${last.size - size} of ${last.size} events are missing`);
    if (size > last.size) this.#tell('events_surplus', `${size - last.size} events are more than the checkpoint has`);
    if (root !== last.root) this.#tell('root_differs', 'the events are not those that the checkpoint was signed for');
  }

  /** Compares with what is known from before. Gives how far a witness has cosigned what is here. */
  #judgeKnown(): number {
    let cosigned_size = 0;
    let agreed = 0;
    for (const known of this.#known.toSorted((a, b) => a.size - b.size)) {
      const root = this.#roots.get(known.size);
      if (root === undefined) {
        const says = `the log had ${known.size} events by a known checkpoint, and has ${this.#tree.size}`;
        this.#tell('rolled_back', says);
      } else if (root !== known.root) {
        const says = `a known checkpoint of ${known.size} events has others: one of ${agreed + 1} to ${known.size} was changed`;
        this.#tell('contradicts', says);
        break;
      } else agreed = known.size;
      if (this.#witnesses.some((witness) => isSigned(known, witness)))
        cosigned_size = Math.max(cosigned_size, known.size);
    }
    if (this.#witnesses.length > 0 && !this.#known.some((one) => this.#witnesses.some((by) => isSigned(one, by)))) {
      this.#tell('not_cosigned', 'no known checkpoint has the cosignature of a witness');
    }
    return cosigned_size;
  }
}

function told(verdict: Verdict, options: Options): string[] {
  const { problems, origin, size, root, erased, erased_count, cosigned_size } = verdict;
  if (problems.length > 0) return problems.map(({ code, says }) => `${code}: ${says}`);
  const most = erased.length < erased_count ? ', …' : '';
  return [
    `${origin}: ${size} events, none changed, removed or added since they were signed for`,
    `root ${root}`,
    ...(erased_count > 0 ? [`${erased_count} erased: ${erased.join(', ')}${most}`] : []),
    ...((options.known ?? []).length > 0 ? [] : ['nothing known from before was compared: see --known']),
    ...((options.witnesses ?? []).length > 0 ? [`cosigned up to event ${cosigned_size}`] : []),
  ];
}

/** Does what the command line says; gives the exit code. */
export async function runVerifier(args: string[], print: (line: string) => void): Promise<number> {
  const several = { type: 'string', multiple: true } as const;
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { key: { type: 'string' }, known: several, witness: several },
  });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1 || values.key === undefined) {
    print(usage);
    return 2;
  }
  const known = await Promise.all((values.known ?? []).map((name) => readFile(name, 'utf8')));
  const options = { key: values.key, known, witnesses: values.witness ?? [] };
  const verifier = new ExportVerifier(options);
  const handle = await open(file);
  for await (const line of handle.readLines()) verifier.take(line);
  const verdict = verifier.end();
  for (const line of told(verdict, options)) print(line);
  return verdict.problems.length === 0 ? 0 : 1;
}

if (import.meta.main) {
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  process.exitCode = await runVerifier(process.argv.slice(2), print).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  });
}
