import { expect, test } from 'vitest';
import { brokenInvariants } from '../../../proof/harness/invariants.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { joinWorkspace, type Person, registerPerson } from '../../../proof/harness/people.ts';
import { type Patch, startServer, type TestServer } from '../../../proof/harness/server.ts';
import { max_emoji } from '../../src/comments/contract.ts';

// Each race runs twice: on the real server, and as a control on one that doesn't lock the comment, where the same check
// must find a violation.

interface Seen {
  /** How often each status was returned. */
  statuses: Record<number, number>;
  /** The count of each emoji that the comment shows. */
  shown: number[];
  /** How many entries the audit log has about reactions. */
  entries: number;
}

interface Stage {
  server: TestServer;
  team: Team;
  people: Person[];
}

async function onServer<T>(run: (stage: Stage) => Promise<T>, patch?: Patch) {
  const env = { BATON_POOL_SIZE: '20', LOG_LEVEL: patch === undefined ? 'error' : 'silent' };
  const server = await startServer(env, patch === undefined ? {} : { patch });
  try {
    const team = await makeTeam(server);
    const people = await Promise.all(Array.from({ length: 20 }, () => registerPerson(server)));
    for (const person of people) await joinWorkspace(team.owner, person, team.workspace_id, 'member');
    return { result: await run({ server, team, people }), found: await brokenInvariants(server.database.owner) };
  } finally {
    await server.stop();
  }
}

const withoutLock: Patch = (text) => text.replace('for no key update of c', '');

async function makeComment(team: Team) {
  const { id: ticket } = await makeTicket(team);
  const on = { workspace_id: team.workspace_id, ticket };
  const { id: comment_id } = await team.member.client.create_comment({ ...on, body: { body: 'A word.' } });
  return { ...on, comment_id };
}

async function seen(
  { server, team }: Stage,
  at: { workspace_id: string; ticket: string; comment_id: string },
  answers: readonly { status: number }[],
): Promise<Seen> {
  const { reactions } = await team.owner.client.get_comment(at);
  const { rows } = await server.database.owner.query<{ n: number }>(
    "select count(*)::int as n from audit_log where subject_id = $1 and action like 'comment.reaction%'",
    [at.comment_id],
  );
  const statuses: Record<number, number> = {};
  for (const { status } of answers) statuses[status] = (statuses[status] ?? 0) + 1;
  return { statuses, shown: reactions.map(({ count }) => count), entries: rows[0]?.n ?? 0 };
}

/** 20 people give the same emoji at once, each twice, to one comment after another. */
async function oneEmoji(stage: Stage): Promise<Seen[]> {
  const rounds: Seen[] = [];
  for (let round = 0; round < 6; round++) {
    const at = await makeComment(stage.team);
    const twice = stage.people.flatMap((person) => [person, person]);
    const answers = await Promise.all(twice.map(({ client }) => client.raw.add_reaction({ ...at, emoji: '👍' })));
    rounds.push(await seen(stage, at, answers));
  }
  return rounds;
}

const counted_once = Array(6).fill({ statuses: { 200: 40 }, shown: [20], entries: 20 });

test('an emoji that 20 people give at once, each twice, is counted 20 times and has 20 events', async () => {
  const { result, found } = await onServer(oneEmoji);
  expect({ result, found }).toEqual({ result: counted_once, found: {} });
});

test('control: without the lock, a person’s two requests collide, or an emoji is listed several times', async () => {
  const { result, found } = await onServer(oneEmoji, withoutLock);
  expect({ result, found }).not.toEqual({ result: counted_once, found: {} });
});

/** 20 people give two emoji each at once, all different, to one comment after another. */
async function manyEmoji(stage: Stage): Promise<Seen[]> {
  const rounds: Seen[] = [];
  for (let round = 0; round < 6; round++) {
    const at = await makeComment(stage.team);
    const answers = await Promise.all(
      stage.people.flatMap(({ client }, n) =>
        [0, 20].map((more) => client.raw.add_reaction({ ...at, emoji: String.fromCodePoint(0x1f600 + n + more) })),
      ),
    );
    rounds.push(await seen(stage, at, answers));
  }
  return rounds;
}

test('a comment gets 20 of 40 different emoji that are given at once', async () => {
  const { result, found } = await onServer(manyEmoji);
  const shown = Array<number>(max_emoji).fill(1);
  expect({ result, found }).toEqual({
    result: Array(6).fill({ statuses: { 200: max_emoji, 409: 20 }, shown, entries: max_emoji }),
    found: {},
  });
});

test('control: without the lock, it gets more', async () => {
  const { found } = await onServer(manyEmoji, withoutLock);
  expect(Object.keys(found)).toContain('comments_have_at_most_20_emoji');
});

/** People react to comments that are deleted meanwhile. */
async function deletions(stage: Stage): Promise<number[]> {
  const left: number[] = [];
  for (let round = 0; round < 8; round++) {
    const at = await makeComment(stage.team);
    const react = ({ client }: Person) => client.raw.add_reaction({ ...at, emoji: '👍' });
    await Promise.all([
      ...stage.people.slice(0, 8).map(react),
      stage.team.member.client.raw.delete_comment(at),
      ...stage.people.slice(8).map(react),
    ]);
    left.push((await stage.team.owner.client.get_comment(at)).reactions.length);
  }
  return left;
}

test('a comment that is deleted while people react to it has no reactions', async () => {
  const { result, found } = await onServer(deletions);
  expect({ result, found }).toEqual({ result: Array(8).fill(0), found: {} });
});

test('control: without the lock, some reactions are left', async () => {
  const { found } = await onServer(deletions, withoutLock);
  expect(Object.keys(found)).toContain('deleted_comments_have_no_reactions');
});
