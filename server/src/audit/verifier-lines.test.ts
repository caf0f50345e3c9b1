import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ExportVerifier, runVerifier, type Verdict } from '../../../bin/verify-audit.ts';
import { numberEvents } from '../../../proof/harness/events.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { someAddress } from '../../../proof/harness/people.ts';
import { purging } from '../../../proof/harness/purging.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { cosignature, logSigner, parseNote, printed, signingKey, witnessSigner } from '../ledger/note.ts';

// What the verifier accepts as an export, and which events it accepts as erased.

let server: TestServer;
let team: Team;
let dir: string;

beforeAll(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'baton-verifier-lines-'));
  server = await startServer();
});
afterAll(async () => {
  await server.stop();
  rmSync(dir, { recursive: true });
});

const signer = () =>
  logSigner(`${server.config.audit_name}/log/${team.workspace_id}`, signingKey(server.config.audit_seed));

async function exported(): Promise<string[]> {
  await numberEvents(server.database.url);
  const page = await team.owner.client.export_audit({ workspace_id: team.workspace_id });
  return page.slice(0, -1).split('\n');
}

function verdictOf(lines: readonly (string | Buffer)[], given: object = {}): Verdict {
  const verifier = new ExportVerifier({ key: printed(signer()), ...given });
  for (const line of lines) verifier.take(line);
  return verifier.end();
}

const found = (verdict: Verdict) =>
  verdict.problems.map(({ code, sequence }) => (sequence === undefined ? code : `${code} ${sequence}`));

interface Event {
  entry: string;
  salt: string | null;
  payload: string | null;
}

const eventOf = (line: string) => JSON.parse(line) as Event;
/** Returns the numbers of the events with this action. */
const numbersOf = (lines: readonly string[], action: string) =>
  lines.flatMap((line, n) => (line.startsWith(`{"entry":"{\\"action\\":\\"${action}\\"`) ? [n + 1] : []));

const byFile = async (bytes: string | Buffer) => {
  const file = path.join(dir, 'export.ndjson');
  writeFileSync(file, bytes);
  const says: string[] = [];
  const code = await runVerifier([file, '--key', printed(signer())], (line) => says.push(line));
  return { code, says };
};

describe('an event without its payload', () => {
  beforeAll(async () => {
    team = await makeTeam(server);
  });

  const owned = (text: string, ...values: unknown[]) =>
    server.database.owner.query(text, [team.workspace_id, ...values]);

  test('counts as erased only if its ticket was purged later', async () => {
    const { id: ticket } = await makeTicket(team, { title: 'A secret' });
    const { id: other } = await makeTicket(team, { title: 'Another' });
    await exported();
    await team.owner.client.purge_ticket({ workspace_id: team.workspace_id, ticket, body: { fields: ['title'] } });
    const lines = await exported();
    const [of_ticket = 0, of_other = 0] = numbersOf(lines, 'ticket.created');
    expect(eventOf(lines[of_other - 1] ?? '').entry).toContain(other);
    const verdict = verdictOf(lines);
    expect([found(verdict), verdict.erased]).toEqual([[], [of_ticket]]);
    const erase = (number: number) =>
      lines.with(number - 1, JSON.stringify({ ...eventOf(lines[number - 1] ?? ''), salt: null, payload: null }));
    expect(found(verdictOf(erase(of_other)))).toEqual([`erased_without_purge ${of_other}`]);
    // A purge does not account for its own event, either.
    const [purge = 0] = numbersOf(lines, 'ticket.purged');
    expect(found(verdictOf(erase(purge)))).toEqual([`erased_without_purge ${purge}`]);
    expect((await byFile(`${lines.join('\n')}\n`)).says).toContain(
      `1 erased by a purge, payload unknown: ${of_ticket}`,
    );
  });

  test('counts as erased if the attachments of its ticket were purged later', async () => {
    const { workspace_id, member, owner } = team;
    const [{ id: ticket }, { id: other }] = await Promise.all([makeTicket(team), makeTicket(team)]);
    const add = (to: string) =>
      member.client.add_attachment({ workspace_id, ticket: to, name: 'a.txt', body: new Uint8Array(7) });
    const { id: attachment_id } = await add(ticket);
    await add(ticket);
    await member.client.remove_attachment({ workspace_id, ticket, attachment_id });
    await add(other);
    await exported();
    await owner.client.purge_ticket({ workspace_id, ticket, body: { fields: ['attachments'] } });
    const lines = await exported();
    const added = numbersOf(lines, 'attachment.added');
    const of_other = added.at(-1) ?? 0;
    const verdict = verdictOf(lines);
    expect([found(verdict), verdict.erased.slice(-3)]).toEqual([
      [],
      [...added.slice(0, 2), ...numbersOf(lines, 'attachment.removed').slice(0, 1)],
    ]);
    const bare = JSON.stringify({ ...eventOf(lines[of_other - 1] ?? ''), salt: null, payload: null });
    expect(found(verdictOf(lines.with(of_other - 1, bare)))).toEqual([`erased_without_purge ${of_other}`]);
  });

  test('is reported if a superuser deleted its salt and wrote another text', async () => {
    await team.owner.client.create_bot({ workspace_id: team.workspace_id, body: { name: 'Honest' } });
    const [number = 0] = numbersOf(await exported(), 'bot.created');
    const kept = (await owned('select salt, after from events where workspace_id = $1 and sequence = $2', number))
      .rows[0] as { salt: Buffer; after: object };
    await owned(
      `update events set salt = null, after = '{"name": "Forged"}' where workspace_id = $1 and sequence = $2`,
      number,
    );
    const lines = await exported();
    expect(found(verdictOf(lines))).toEqual([`erased_without_purge ${number}`]);
    const { code, says } = await byFile(`${lines.join('\n')}\n`);
    expect([code, says]).toEqual([
      1,
      [`erased_without_purge: event ${number} has no payload, and no later purge accounts for that`],
    ]);
    await owned(
      'update events set salt = $3, after = $4 where workspace_id = $1 and sequence = $2',
      number,
      kept.salt,
      kept.after,
    );
    expect(found(verdictOf(await exported()))).toEqual([]);
  });

  test('is reported in an export without any salts and payloads', async () => {
    const lines = await exported();
    const bare = lines.slice(0, -1).map((line) => JSON.stringify({ ...eventOf(line), salt: null, payload: null }));
    const { problems, erased_count } = verdictOf([...bare, lines.at(-1) ?? '']);
    expect(erased_count).toBe(bare.length);
    expect(problems[0]).toMatchObject({ code: 'erased_without_purge', sequence: 1 });
  });

  test('counts as erased if the operator removed names and labels as decision 27 describes', async () => {
    const { workspace_id, member, owner } = team;
    const project = await owner.client.create_project({ workspace_id, body: { key: 'SEC', name: 'Secret name' } });
    const body = { title: 'T', labels: ['kept', 'secret label'] };
    const { id: ticket } = await member.client.create_ticket({ workspace_id, project_id: project.id, body });
    await member.client.update_ticket({ workspace_id, ticket, body: { labels: ['kept'], version: 1 } });
    await exported();
    const purge = (subject: string) => {
      const values = { workspace: workspace_id, subject, label: 'secret label', request: 'operator-1' };
      return server.database.owner.query(purging('takes out a name and a label', values));
    };
    await purge(project.id);
    const lines = await exported();
    const actions = ['project.created', 'ticket.created', 'ticket.updated'];
    const erased = actions.map((action) => numbersOf(lines, action).at(-1));
    const verdict = verdictOf(lines);
    expect([found(verdict), verdict.erased.slice(-3)]).toEqual([[], erased]);
    // Purging the workspace's name also erases the earlier purge's event.
    await purge(workspace_id);
    const again = await exported();
    const later = verdictOf(again);
    expect([found(later), later.erased.at(-1)]).toEqual([[], numbersOf(again, 'workspace.purged')[0]]);
  });

  test('counts as erased if the operator removed the address of its invitation', async () => {
    const { workspace_id, owner } = team;
    const [address, other] = [someAddress(), someAddress()];
    for (const email of [address, other]) {
      const { id } = await owner.client.create_invitation({ workspace_id, body: { email, role: 'viewer' } });
      await owner.client.revoke_invitation({ workspace_id, invitation_id: id });
    }
    const before = await exported();
    const values = { workspace: workspace_id, address, request: 'operator-1' };
    await server.database.owner.query(purging('takes out an address', values));
    const lines = await exported();
    const numbers = ['invitation.created', 'invitation.revoked'].map((action) => numbersOf(lines, action).at(-2) ?? 0);
    const bare = lines.flatMap((line, n) => (n < before.length - 1 && line !== before[n] ? [n + 1] : []));
    expect([found(verdictOf(lines)), bare]).toEqual([[], numbers.toSorted((a, b) => a - b)]);
    expect(lines.join('')).not.toContain(address);
    expect(lines.join('')).toContain(other);
    // Proofs of the erased events stay valid: the root of the earlier events is the one that was signed before.
    const known = (JSON.parse(before.at(-1) ?? '') as { checkpoint: string }).checkpoint;
    expect(found(verdictOf(lines, { known: [known] }))).toEqual([]);
    // An acceptance has no address, so no purge accounts for an erased one. Nor does a purge account for a later event.
    const [accepted = 0] = numbersOf(lines, 'invitation.accepted');
    const erase = (number: number) =>
      lines.with(number - 1, JSON.stringify({ ...eventOf(lines[number - 1] ?? ''), salt: null, payload: null }));
    expect(found(verdictOf(erase(accepted)))).toEqual([`erased_without_purge ${accepted}`]);
    await owner.client.create_invitation({ workspace_id, body: { email: other, role: 'viewer' } });
    const again = await exported();
    const [last = 0] = numbersOf(again, 'invitation.created').slice(-1);
    const forged = JSON.stringify({ ...eventOf(again[last - 1] ?? ''), salt: null, payload: null });
    expect(found(verdictOf(again.with(last - 1, forged)))).toEqual([`erased_without_purge ${last}`]);
  });
});

describe('a line of an export', () => {
  beforeAll(async () => {
    team = await makeTeam(server);
    await makeTicket(team, { title: 'One', description: 'between\u2028two\u2029lines, \ufffd' });
  });

  test('ends only at a line feed, since a text may contain other line separators', async () => {
    const lines = await exported();
    expect(lines.join('')).toContain('\u2028');
    expect(await byFile(`${lines.join('\n')}\n`)).toMatchObject({ code: 0 });
    expect(await byFile(lines.join('\n'))).toMatchObject({ code: 0 });
  });

  test('has a salt of exactly 16 bytes, so that no part of the payload can move into it', async () => {
    const lines = await exported();
    const { entry, salt, payload } = eventOf(lines[1] ?? '') as { entry: string; salt: string; payload: string };
    const moved = Buffer.concat([Buffer.from(salt, 'base64'), Buffer.from(payload.slice(0, 12))]).toString('base64');
    for (const [by, rest] of [
      [moved, payload.slice(12)],
      [salt.slice(0, -2), payload],
      [salt.replaceAll('=', '').replace(/.$/, (last) => (last === 'A' ? 'B==' : `${last}A=`)), payload],
      [`${salt}\n`, payload],
    ]) {
      const line = JSON.stringify({ entry, salt: by, payload: rest });
      expect(found(verdictOf(lines.with(1, line)))).toEqual(['bad_salt 2']);
    }
  });

  test('has each JSON member once, written exactly as the server writes it', async () => {
    const lines = await exported();
    const line = lines[1] ?? '';
    const { entry, salt, payload } = eventOf(line);
    for (const other of [
      line.replace('{', '{"payload":"{}",'),
      line.replace('{', '{ '),
      `${line} `,
      line.replace('"salt"', '"s\\u0061lt"'),
      JSON.stringify({ entry, salt, payload, after: { name: 'Another' } }),
      JSON.stringify({ salt, entry, payload }),
      JSON.stringify({ entry, salt }),
      JSON.stringify({ entry, salt, payload, checkpoint: '' }),
    ]) {
      expect([other, found(verdictOf(lines.with(1, other)))]).toEqual([other, expect.arrayContaining(['bad_line'])]);
    }
    const end = lines.at(-1) ?? '';
    for (const other of [end.replace('{', '{"entry":null,'), end.replace('{', '{"checkpoint":"",')]) {
      expect(found(verdictOf(lines.with(-1, other)))).toContain('bad_line');
    }
  });

  test('is valid UTF-8 without lone surrogates', async () => {
    const lines = await exported();
    const [number = 0] = numbersOf(lines, 'ticket.created');
    const line = Buffer.from(lines[number - 1] ?? '');
    const at = line.indexOf('\ufffd');
    const bytes = Buffer.concat([line.subarray(0, at), Buffer.of(0xff), line.subarray(at + 3)]);
    const verdict = verdictOf([...lines.slice(0, number - 1), bytes, ...lines.slice(number)]);
    expect(verdict.problems[0]).toMatchObject({ code: 'bad_line', says: `line ${number} is not in UTF-8` });
    const escaped = lines[number - 1]?.replace('\ufffd', '\\ud800') ?? '';
    expect(found(verdictOf(lines.with(number - 1, escaped)))).toEqual([`bad_payload ${number}`]);
  });

  test('has after, before and request_id once each in its payload, even if the log’s key has signed another', async () => {
    const [, line = ''] = await exported();
    const { entry, salt } = eventOf(line) as { entry: string; salt: string };
    const take = (payload: string) => {
      const hash = createHash('sha256').update(Buffer.from(salt, 'base64')).update(payload).digest('base64');
      const rehashed = entry.replace(/"payload":"[^"]+"/, `"payload":"${hash}"`);
      return found(verdictOf([JSON.stringify({ entry: rehashed, salt, payload })])).includes('bad_payload 1');
    };
    const sound = '{"after":{"a": ":\\"", "b": [{"c": 1}]},"before":null,"request_id":"r"}';
    expect(take(sound)).toBe(false);
    for (const payload of [
      'no JSON',
      'null',
      '[]',
      '{}',
      sound.replace('}]', ', "c": 2}]'),
      sound.replace('"before":null', '"before":null,"before":null'),
      sound.replace('"before":null', '"before":[]'),
      sound.replace('"r"', 'null'),
      sound.replace('"r"', '"r","more":1'),
      ` ${sound}`,
    ]) {
      expect([payload, take(payload)]).toEqual([payload, true]);
    }
  });

  test('is reported in plain words if it is invalid', async () => {
    const lines = await exported();
    const cases: [text: string, says: string][] = [
      [lines.with(0, 'null').join('\n'), 'bad_line: line 1 is no event and no checkpoint'],
      [lines.with(0, '[]').join('\n'), 'bad_line: line 1 is no event and no checkpoint'],
      [lines.with(0, '5').join('\n'), 'bad_line: line 1 is no event and no checkpoint'],
      [`\ufeff${lines.join('\n')}\n`, 'bad_line: line 1 begins with a byte order mark'],
      [`${lines.join('\r\n')}\r\n`, 'bad_line: line 1 ends with a carriage return'],
      [`${lines.join('\n')}\n\n`, `bad_line: line ${lines.length + 1} is empty`],
      [`${lines.join('\n')}\n${lines.at(-1)}\n`, `not_the_end: line ${lines.length + 1} comes after the checkpoint`],
    ];
    for (const [text, says] of cases) {
      const { code, says: told } = await byFile(text);
      expect([code, told[0]]).toEqual([1, expect.stringContaining(says)]);
    }
  });
});

describe('several witnesses', () => {
  const witnessOf = (name: string, seed: number) => witnessSigner(name, signingKey(Buffer.alloc(32, seed)));
  const [first, second] = [witnessOf('w.example/1', 1), witnessOf('w.example/2', 2)];
  let note: string;
  let lines: string[];
  beforeAll(async () => {
    team = await makeTeam(server);
    lines = await exported();
    note = (JSON.parse(lines.at(-1) ?? '') as { checkpoint: string }).checkpoint;
  });
  const cosigned = (by: typeof first) => note + cosignature(parseNote(note)?.text ?? '', by, 1_800_000_000);
  const both = () => [printed(first), printed(second)];

  test('must each have cosigned, and the verdict names the size that each cosigned', () => {
    const one = verdictOf(lines, { known: [cosigned(first)], witnesses: both() });
    expect(one.problems).toEqual([
      { code: 'not_cosigned', says: 'no known checkpoint has the cosignature of w.example/2' },
    ]);
    const two = verdictOf(lines, { known: [cosigned(first), cosigned(second)], witnesses: both() });
    const size = lines.length - 1;
    expect([two.problems, two.cosigned]).toEqual([
      [],
      [
        { name: 'w.example/1', size },
        { name: 'w.example/2', size },
      ],
    ]);
  });

  test('cannot include the log itself, or the same key twice', () => {
    const { name } = signer();
    const own = witnessSigner(name, signingKey(server.config.audit_seed));
    for (const [witnesses, says] of [
      [[printed(signer())], 'is not the key of a witness'],
      [[printed(logSigner('w.example/1', signingKey(Buffer.alloc(32, 1))))], 'is not the key of a witness'],
      [[printed(own)], 'has the log’s own key'.replace('’', "'")],
      [[printed(first), printed(first)], 'has a key that was given before'],
      [[printed(first), printed(witnessOf('w.example/3', 1))], 'has a key that was given before'],
    ] as const) {
      expect(() => verdictOf([], { witnesses })).toThrow(says);
    }
  });
});
