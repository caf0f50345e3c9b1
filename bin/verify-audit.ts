import { createPublicKey, hash, verify } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

// Verifies an export of an audit log, with nothing but this file and Node: node verify-audit.ts EXPORT --key KEY. It
// implements the rules of RFC 6962 and C2SP itself, and shares no code with what wrote the log. It is longer than other
// files and stays one file, so that an auditor can take it along and read all of it.

const usage = `Usage: verify-audit EXPORT --key KEY [--known FILE]… [--witness KEY]…

  EXPORT     what GET …/audit/export returned, one page after the other
  --key      the log's key, from somebody you trust: npm run audit -- key WORKSPACE
  --known    a checkpoint of this log that you have from before, or from somebody else
  --witness  the key of a witness that must have cosigned one of the known checkpoints`;

export interface Problem {
  code:
    | 'bad_line'
    | 'bad_entry'
    | 'foreign_entry'
    | 'wrong_sequence'
    | 'bad_salt'
    | 'payload_differs'
    | 'bad_payload'
    | 'erased_without_purge'
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
  /** The number of the event that it is about. */
  sequence?: number;
  says: string;
}

export interface Verdict {
  problems: Problem[];
  origin: string | undefined;
  size: number;
  root: string;
  /** The numbers of the first events whose payload was erased. What it was can't be verified. */
  erased: number[];
  erased_count: number;
  /** Up to which event each witness has cosigned the log. */
  cosigned: { name: string; size: number }[];
}

export interface Options {
  key: string;
  known?: readonly string[];
  witnesses?: readonly string[];
}

const most_told = 20;
const most_line_bytes = 64 * 1024 * 1024;

// Hashes, by RFC 6962.

const leafOf = (entry: string): Buffer => hash('sha256', `\0${entry}`, 'buffer');
const hash_bytes = 32;
// Overwritten for each node.
const node = Buffer.alloc(1 + 2 * hash_bytes, 1);
function nodeOf(left: Buffer, right: Buffer): Buffer {
  left.copy(node, 1);
  right.copy(node, 1 + hash_bytes);
  return hash('sha256', node, 'buffer');
}

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

// Signed notes, by C2SP.

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

/**
 * Reads the keys of witnesses. They must differ from each other and from the log's, so that one signature counts as one
 * witness.
 */
function readWitnesses(texts: readonly string[], log: Key): Key[] {
  const keys = texts.map(readKey);
  for (const [n, { name, kind, bytes }] of keys.entries()) {
    if (kind !== 4) throw new Error(`${name} is not the key of a witness.`);
    if (bytes.equals(log.bytes)) throw new Error(`The witness ${name} has the log's own key.`);
    if (keys.slice(0, n).some((other) => other.bytes.equals(bytes))) {
      throw new Error(`The witness ${name} has a key that was given before.`);
    }
  }
  return keys;
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

/** Whether the key has signed the checkpoint, and every signature under its name and id is valid. */
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

// Entries. One expression defines their form, so that no two readers can take an entry for different things.

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const entry_form =
  /^\{"action":"([a-z_]+\.[a-z_]+)","actor_id":"UUID","created_at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z","id":"UUID","on_behalf_of":(?:null|"UUID"),"payload":"([A-Za-z0-9+/]{43}=)","sequence":([1-9]\d{0,15}),"subject_id":"(UUID)","subject_type":"([a-z_]+)","subject_version":(?:null|\d+),"ticket_id":(?:null|"(UUID)"),"token_id":(?:null|"UUID"),"v":1,"workspace_id":"(UUID)"\}$/;
const entry_expression = new RegExp(entry_form.source.replaceAll('UUID', uuid));

interface Exported {
  entry: string;
  salt: unknown;
  payload: unknown;
}

/**
 * The content of a line, or what is wrong with it. Only one form is valid, so that nothing can be added beside what is
 * verified.
 */
function readLine(given: string | Buffer): Exported | { checkpoint: string } | string {
  if (given.length === 0) return 'is empty';
  let line: unknown;
  try {
    const text = typeof given === 'string' ? given : utf8.decode(given);
    if (text.startsWith('\uFEFF')) return 'begins with a byte order mark: save the export as the server sent it';
    if (text.endsWith('\r')) return 'ends with a carriage return: save the export as the server sent it';
    line = JSON.parse(text);
    const { entry, checkpoint } = Object(line) as { entry?: unknown; checkpoint?: unknown };
    const names = Object.keys(Object(line) as object).join();
    const is_event = names === 'entry,salt,payload' && typeof entry === 'string';
    if (!is_event && (names !== 'checkpoint' || typeof checkpoint !== 'string')) return 'is no event and no checkpoint';
    if (JSON.stringify(line) !== text) return 'is not written as the server writes it';
  } catch (error) {
    return error instanceof SyntaxError ? 'is no JSON' : 'is not in UTF-8';
  }
  return line as Exported | { checkpoint: string };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** How many members a JSON value has, including those of nested values. */
function membersIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inside = Object.values(value);
  return inside.reduce<number>((sum, one) => sum + membersIn(one), Array.isArray(value) ? 0 : inside.length);
}

const [quote, backslash, colon] = [0x22, 0x5c, 0x3a];

/** How many members are written in a JSON text. */
function membersWritten(text: string): number {
  let [count, is_quoted] = [0, false];
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (sign === quote) is_quoted = !is_quoted;
    else if (is_quoted && sign === backslash) at++;
    else if (!is_quoted && sign === colon) count++;
  }
  return count;
}

/** Whether a payload has the form that the server hashes, and no member that is written twice. */
function isPayload(text: string): boolean {
  try {
    const payload = JSON.parse(text) as Record<string, unknown>;
    const { after, before, request_id } = payload;
    const are_objects = [after, before].every((one) => typeof one === 'object' && !Array.isArray(one));
    const names = Object.keys(payload).join();
    if (!are_objects || typeof request_id !== 'string' || names !== 'after,before,request_id') return false;
    return text.startsWith('{"after":') && text.isWellFormed() && membersIn(payload) === membersWritten(text);
  } catch {
    return false;
  }
}

const salt_form = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

/** Events without a payload. Each waits for the purge that accounts for it, which is a later event. */
class Erased {
  count = 0;
  readonly first: number[] = [];
  /** The numbers of events by ticket. Those of projects, the workspace and invitations are under `names`. */
  readonly #waiting = new Map<string, number[]>();

  add(sequence: number, { action, subject_id, subject_type, ticket_id }: Subject): void {
    this.count++;
    if (this.first.length < most_told) this.first.push(sequence);
    const has_text = action === 'ticket.created' || action === 'ticket.updated';
    const has_name = subject_type === 'project' || subject_type === 'workspace';
    const has_address = action === 'invitation.created' || action === 'invitation.revoked';
    const of_ticket = has_text ? subject_id : subject_type === 'attachment' ? ticket_id : undefined;
    const under = of_ticket ?? (has_name || has_address ? 'names' : 'never');
    const numbers = this.#waiting.get(under);
    if (numbers === undefined) this.#waiting.set(under, [sequence]);
    else numbers.push(sequence);
  }

  /** A purge by the operator may remove names, labels and addresses from anything that has them (decision 27). */
  purge({ action, subject_id }: Subject): void {
    if (action === 'ticket.purged') this.#waiting.delete(subject_id);
    if (action !== 'workspace.purged') return;
    for (const under of this.#waiting.keys()) if (under !== 'never') this.#waiting.delete(under);
  }

  unaccounted = (): number[] => [...this.#waiting.values()].flat().toSorted((a, b) => a - b);
}

interface Subject {
  action: string;
  subject_id: string;
  subject_type: string;
  ticket_id: string | undefined;
}

/** Verifies an export line by line, and says at the end what is wrong with it. */
export class ExportVerifier {
  readonly #key: Key;
  readonly #witnesses: Key[];
  readonly #known: Checkpoint[];
  readonly #tree = new Tree();
  readonly #problems: Problem[] = [];
  readonly #erased = new Erased();
  #lines = 0;
  #checkpoint: Checkpoint | undefined;
  /** The roots of this log at the sizes of the known checkpoints. */
  readonly #roots = new Map<number, string>();
  readonly #sizes: Set<number>;

  constructor({ key, known = [], witnesses = [] }: Options) {
    this.#key = readKey(key);
    if (this.#key.kind !== 1) throw new Error(`${key} is not the key of a log.`);
    this.#witnesses = readWitnesses(witnesses, this.#key);
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

  take(text: string | Buffer): void {
    this.#lines++;
    const line = readLine(text);
    if (typeof line === 'string') this.#tell('bad_line', `line ${this.#lines} ${line}`);
    else if (this.#checkpoint !== undefined)
      this.#tell('not_the_end', `line ${this.#lines} comes after the checkpoint`);
    else if ('checkpoint' in line) this.#takeCheckpoint(line.checkpoint);
    else this.#takeEvent(line);
  }

  #takeCheckpoint(note: string): void {
    this.#checkpoint = readCheckpoint(note);
    if (this.#checkpoint === undefined) this.#tell('no_checkpoint', 'the last line has no checkpoint');
  }

  #takeEvent({ entry, salt, payload }: Exported): void {
    const place = this.#tree.size + 1;
    const [, action, hashed, number, subject_id, subject_type, ticket_id, workspace_id] =
      entry_expression.exec(entry) ?? [];
    this.#tree.add(leafOf(entry));
    if (this.#sizes.has(place)) this.#roots.set(place, this.#tree.root());
    if (action === undefined || hashed === undefined || subject_id === undefined || subject_type === undefined)
      return this.#tell('bad_entry', `event ${place} does not have the form of an event`, place);
    if (Number(number) !== place) {
      this.#tell('wrong_sequence', `event ${number} stands where event ${place} should`, place);
    }
    if (!this.#key.name.endsWith(`/${workspace_id}`)) {
      this.#tell('foreign_entry', `event ${place} is of another workspace`, place);
    }
    const subject = { action, subject_id, subject_type, ticket_id };
    this.#erased.purge(subject);
    if (salt === null && payload === null) return this.#erased.add(place, subject);
    if (typeof salt !== 'string' || typeof payload !== 'string')
      return this.#tell('bad_line', `event ${place} has a payload without its salt, or the other way round`, place);
    if (!salt_form.test(salt)) return this.#tell('bad_salt', `event ${place} has no salt of 16 bytes`, place);
    const bytes = Buffer.concat([Buffer.from(salt, 'base64'), Buffer.from(payload)]);
    const differs = hash('sha256', bytes, 'base64') !== hashed;
    if (differs) return this.#tell('payload_differs', `event ${place} says something else than its hash does`, place);
    if (!isPayload(payload)) this.#tell('bad_payload', `event ${place} has a payload in the wrong form`, place);
  }

  end(): Verdict {
    const { size } = this.#tree;
    const root = this.#tree.root();
    const last = this.#checkpoint;
    if (last === undefined)
      this.#tell('no_checkpoint', 'the export ends without a checkpoint: a part of it is missing');
    else this.#judge(last, root);
    for (const sequence of this.#erased.unaccounted().slice(0, most_told)) {
      const says = `event ${sequence} has no payload, and no later purge accounts for that`;
      this.#tell('erased_without_purge', says, sequence);
    }
    const cosigned = this.#judgeKnown();
    return {
      problems: this.#problems,
      origin: last?.origin,
      size,
      root,
      erased: this.#erased.first,
      erased_count: this.#erased.count,
      cosigned,
    };
  }

  #judge(last: Checkpoint, root: string): void {
    const { size } = this.#tree;
    if (last.origin !== this.#key.name) this.#tell('foreign_log', `the checkpoint is of ${last.origin}`);
    if (!isSigned(last, this.#key)) this.#tell('bad_signature', `the checkpoint is not signed by ${this.#key.name}`);
    if (size < last.size) this.#tell('events_missing', `${last.size - size} of ${last.size} events are missing`);
    if (size > last.size)
      this.#tell('events_surplus', `the export has ${size - last.size} more events than the checkpoint`);
    if (root !== last.root) this.#tell('root_differs', 'the events are not those that the checkpoint was signed for');
  }

  /** Compares the log with the known checkpoints. Returns up to which event each witness has cosigned it. */
  #judgeKnown(): Verdict['cosigned'] {
    let agreed = 0;
    for (const known of this.#known.toSorted((a, b) => a.size - b.size)) {
      const root = this.#roots.get(known.size);
      if (root === undefined) {
        const says = `the log had ${known.size} events by a known checkpoint, and has ${this.#tree.size}`;
        this.#tell('rolled_back', says);
      } else if (root !== known.root) {
        const says = `a known checkpoint of ${known.size} events differs: one of events ${agreed + 1} to ${known.size} was changed`;
        this.#tell('contradicts', says);
        break;
      } else agreed = known.size;
    }
    return this.#witnesses.map((witness) => {
      const sizes = this.#known.filter((one) => isSigned(one, witness)).map(({ size }) => size);
      const says = `no known checkpoint has the cosignature of ${witness.name}`;
      if (sizes.length === 0) this.#tell('not_cosigned', says);
      return { name: witness.name, size: Math.max(0, ...sizes) };
    });
  }
}

function told(verdict: Verdict, options: Options): string[] {
  const { problems, origin, size, root, erased, erased_count, cosigned } = verdict;
  if (problems.length > 0) return problems.map(({ code, says }) => `${code}: ${says}`);
  const most = erased.length < erased_count ? ', …' : '';
  return [
    `${origin}: ${size} events, none changed, removed or added since they were signed for`,
    `root ${root}`,
    ...(erased_count > 0 ? [`${erased_count} erased by a purge, payload unknown: ${erased.join(', ')}${most}`] : []),
    ...((options.known ?? []).length > 0 ? [] : ['nothing known from before was compared: see --known']),
    ...cosigned.map(({ name, size }) => `cosigned by ${name} up to event ${size}`),
  ];
}

/**
 * The lines of a file, in batches as they are read. Only a line feed ends a line, because JSON may contain U+2028
 * unescaped.
 */
async function* linesOf(file: string): AsyncGenerator<Buffer[]> {
  let begun: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
    let from = 0;
    const lines: Buffer[] = [];
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const rest = chunk.subarray(from, end);
      lines.push(begun.length === 0 ? rest : Buffer.concat([...begun, rest]));
      [begun, bytes, from] = [[], 0, end + 1];
    }
    yield lines;
    begun.push(chunk.subarray(from));
    bytes += chunk.length - from;
    if (bytes > most_line_bytes)
      throw new Error(`${file} is no export: a line has more than ${most_line_bytes} bytes.`);
  }
  if (bytes > 0) yield [Buffer.concat(begun)];
}

/** Runs the command line. Returns the exit code. */
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
  for await (const lines of linesOf(file)) for (const line of lines) verifier.take(line);
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
