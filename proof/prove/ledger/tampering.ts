import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExportVerifier, type Options, type Verdict } from '../../../bin/verify-audit.ts';
import { readConfig } from '../../../server/src/config.ts';
import { logSigner, printed, type Signer, signingKey, witnessSigner } from '../../../server/src/ledger/note.ts';
import { Witness } from '../../../server/src/witness/witness.ts';
import { makeTeam, makeTicket, type Team } from '../../harness/make.ts';
import { test_environment } from '../../harness/server.ts';
import { type Check, type Finding, type Run, scaled } from '../check.ts';
import { setStage, type Stage } from '../stage.ts';
import { type Exported, type Honest, kinds, tamper, type Tampered } from './tamperings.ts';

const file = path.resolve(import.meta.dirname, '../../../bin/verify-audit.ts');
const patience_ms = 60_000;

type Verifier = typeof ExportVerifier;

/** Deliberately broken verifiers: the source text and its replacement. */
const broken: Record<string, [find: string, replace: string]> = {
  'payloads are not hashed': ["hash('sha256', bytes, 'base64') !== hashed", 'false'],
  'anything may be erased': ['#waiting.set(under, [sequence])', '#waiting.delete(under)'],
  'a salt may be of any length': ['!salt_form.test(salt)', 'false'],
  'a line may have other members': ["names === 'entry,salt,payload'", "names.startsWith('entry,salt,payload')"],
  'numbers are not looked at': ['Number(number) !== place', 'false'],
  'the root is not compared': ['root !== last.root', 'false'],
  'the signature is not checked': ['!isSigned(last, this.#key)', 'false'],
  'the size is not compared': ['size < last.size', 'false'],
  'what is known from before is not compared': ['root !== known.root', 'false'],
  'a log may go back': ['if (root === undefined) {', 'if (root === undefined) continue; if (root === undefined) {'],
  'an entry may be written in any way': [
    'entry_form.source.replaceAll',
    '`^.*"action": ?"([^"]+)".*"payload":"([^"]+)".*"sequence":(\\\\d+).*"subject_id":"([^"]+)".*"subject_type":"([^"]+)".*"workspace_id":"([^"]+)"`.replaceAll',
  ],
  'a log may end anywhere': ['if (last === undefined)', 'if (last === undefined) void 0; else if (last === null)'],
};

/** The verifier, broken if the run asks for it. */
async function verifierOf({ mutant }: Run): Promise<Verifier> {
  const change = broken[mutant?.other ?? ''];
  if (change === undefined) return ExportVerifier;
  const text = stripTypeScriptTypes(readFileSync(file, 'utf8').replace(change[0], () => change[1]));
  const module = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as { ExportVerifier: Verifier };
  return module.ExportVerifier;
}

async function exported(team: Team): Promise<string[]> {
  const lines: string[] = [];
  while (!lines.at(-1)?.startsWith('{"checkpoint"')) {
    const page = await team.owner.client.export_audit({ workspace_id: team.workspace_id, after: lines.length });
    lines.push(...page.trimEnd().split('\n'));
  }
  return lines;
}

/** Waits until every event has its number and is in the tree. */
async function settled({ database }: Stage, { workspace_id }: Team): Promise<void> {
  const state = `select 1 from event_heads h where workspace_id = $1 and tree_size = last_sequence and not exists (
    select 1 from outbox o where o.workspace_id = $1)`;
  for (const until = Date.now() + patience_ms; Date.now() < until; await sleep(50)) {
    if ((await database.owner.query(state, [workspace_id])).rowCount === 1) return;
  }
  throw new Error('The events were not numbered in time.');
}

/** Causes many small events, a few through the API, and the purge of a ticket's text. */
async function happen({ database }: Stage, team: Team, events: number): Promise<void> {
  const { workspace_id, owner } = team;
  await database.owner.query(
    `insert into outbox (workspace_id, created_at, id, actor_id, action, subject_type, subject_id, before, after, request_id)
     select $1, now() + n * interval '1 microsecond', gen_random_uuid(), $2, 'bot.removed', 'bot', gen_random_uuid(),
       jsonb_build_object('name', 'Bot ' || n, 'role', 'member'), null, 'seed-0001' from generate_series(1, $3::int) n`,
    [workspace_id, owner.user.id, events],
  );
  const { id: ticket } = await makeTicket(team, { title: 'A secret' });
  await owner.client.purge_ticket({ workspace_id, ticket, body: { fields: ['title'] } });
}

interface Scene {
  honest: Honest;
  options: Options;
  lines: string[];
}

async function setScene(stage: Stage, signer: (workspace_id: string) => Signer): Promise<Scene> {
  const team = await makeTeam(stage);
  const log = signer(team.workspace_id);
  const dir = mkdtempSync(path.join(os.tmpdir(), 'baton-tampering-'));
  try {
    const cosigner = witnessSigner('witness', signingKey(randomBytes(32)));
    const witness = new Witness({ signer: cosigner, logs: [log], dir });
    await happen(stage, team, 150);
    await settled(stage, team);
    const first = await team.owner.client.get_audit_checkpoint({ workspace_id: team.workspace_id });
    const { status, body } = witness.addCheckpoint(`old 0\n\n${first}`);
    if (status !== 200) throw new Error(`The witness refuses the log: ${body}`);
    await happen(stage, team, 120);
    await settled(stage, team);
    const lines = await exported(team);
    const { checkpoint } = JSON.parse(lines.at(-1) ?? '') as { checkpoint: string };
    const events = lines.slice(0, -1).map((line) => JSON.parse(line) as Exported);
    const cosigned_size = Number(first.split('\n')[1]);
    const options = { key: printed(log), known: [first + body], witnesses: [printed(cosigner)] };
    return { honest: { events, note: checkpoint, signer: log, cosigned_size, shown: checkpoint }, options, lines };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function verdictOf(Kind: Verifier, lines: readonly string[], options: Options): Verdict {
  const verifier = new Kind(options);
  for (const line of lines) verifier.take(line);
  return verifier.end();
}

const linesOf = ({ events, note }: Tampered): string[] => [
  ...events.map((event) => JSON.stringify(event)),
  ...(note === undefined ? [] : [JSON.stringify({ checkpoint: note })]),
];

/** Says how the verifier misjudges a tampering; undefined if it names it correctly. */
function misjudged({ problems }: Verdict, { code, sequence }: Tampered): string | undefined {
  if (problems.length === 0) return 'not found';
  const named = problems.some((one) => one.code === code && (sequence === undefined || one.sequence === sequence));
  return named ? undefined : `called ${problems.map((one) => `${one.code} ${one.sequence ?? ''}`).join(', ')}`;
}

async function tamperAndVerify(run: Run, size: number): Promise<Finding> {
  const stage = await setStage(run);
  const { audit_seed, audit_name } = readConfig({ ...test_environment, DATABASE_URL: 'postgres://127.0.0.1/none' });
  const key = signingKey(audit_seed);
  const { honest, options, lines } = await setScene(stage, (id) => logSigner(`${audit_name}/log/${id}`, key));
  const Kind = await verifierOf(run);
  const violations = new Set<string>();
  for (const { says } of verdictOf(Kind, lines, options).problems) violations.add(`of the log as it is: ${says}`);
  const source = readFileSync(file, 'utf8');
  for (const [name, [find]] of Object.entries(broken)) {
    if (!source.includes(find)) violations.add(`the control “${name}” changes nothing`);
  }
  const tamperings = scaled(20_000, size, kinds.length);
  let [found, unseen, verified, cpu_us] = [0, 0, 0, 0];
  for (let n = 0; n < tamperings; n++) {
    const kind = kinds[n % kinds.length] ?? '';
    const tampered = tamper(kind, { honest, random: run.random });
    const with_known = { ...options, known: [...(options.known ?? []), ...(tampered.known ? [tampered.known] : [])] };
    const given = linesOf(tampered);
    const began = process.cpuUsage();
    const verdict = verdictOf(Kind, given, with_known);
    cpu_us += process.cpuUsage(began).user;
    verified += tampered.events.length;
    const says = misjudged(verdict, tampered);
    if (says === undefined) found++;
    else violations.add(`${kind}: ${says}`);
    // Without a witness or an earlier checkpoint, nobody could tell.
    if (tampered.agrees && verdictOf(Kind, given, { key: options.key }).problems.length === 0) unseen++;
    if (n % 100 === 0) {
      run.progress(n / tamperings);
      await sleep(0);
    }
  }
  return {
    load: { tamperings, events: honest.events.length },
    figures: {
      found_and_named: found,
      unseen_without_a_witness: unseen,
      events_verified_per_cpu_s: Math.round((verified / cpu_us) * 1_000_000),
    },
    violations: [...violations, ...(await stage.strike())],
  };
}

export const tampering: Check = {
  id: 'tampering',
  promises: ['P16'],
  says: 'The verifier finds and names every entry of an audit log that was edited, removed, added, reordered, truncated, rehashed, rolled back or shown to one reader only. Tampering by a superuser who has the key is found with a witness’s cosignatures, and not without them.',
  run: tamperAndVerify,
  slice: 0.01,
  control_size: 0.02,
  controls: {
    ...Object.fromEntries(Object.keys(broken).map((other) => [other, { other }])),
    'a leaf is hashed like a node': {
      source: [
        {
          file: 'ledger/merkle.ts',
          find: 'const leaf_prefix = Buffer.of(0);',
          replace: 'const leaf_prefix = Buffer.of(1);',
        },
      ],
      ddl: [`do $$ begin execute replace(pg_get_functiondef('event_leaf'::regproc), 'x00', 'x01'); end $$`],
      noticed_by: 'of the log as it is',
    },
    'the right half of the tree comes first': {
      source: [
        {
          file: 'ledger/merkle.ts',
          find: 'Buffer.concat([node_prefix, left, right])',
          replace: 'Buffer.concat([node_prefix, right, left])',
        },
      ],
      noticed_by: 'of the log as it is',
    },
    'payloads are hashed without their salts': {
      ddl: [`do $$ begin execute replace(pg_get_functiondef('event_payload_hash'::regproc), 'salt || ', ''); end $$`],
      noticed_by: 'of the log as it is',
    },
  },
};
