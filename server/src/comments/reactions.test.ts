import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokenInvariants } from '../../../proof/harness/invariants.ts';
import { notifyPeople } from '../../../proof/harness/events.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { joinWorkspace, type Person, registerPerson } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { max_emoji } from './contract.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
});
afterAll(() => server.stop());

const twenty = Array.from({ length: max_emoji }, (_, n) => String.fromCodePoint(0x1f600 + n));

async function makeComment() {
  const ticket = await makeTicket(team);
  const on = { workspace_id: team.workspace_id, ticket: ticket.id };
  const comment = await team.member.client.create_comment({ ...on, body: { body: 'A word.' } });
  const at = { ...on, comment_id: comment.id };
  const add = ({ client }: Person, emoji: string) => client.add_reaction({ ...at, emoji });
  const remove = ({ client }: Person, emoji: string) => client.remove_reaction({ ...at, emoji });
  const shown = async ({ client }: Person = team.viewer) => (await client.get_comment(at)).reactions;
  return { ticket, on, comment, at, add, remove, shown };
}

/** Returns the audit log's entries about reactions to a comment, oldest first. */
async function entriesOf(comment_id: string): Promise<[action: string, actor_id: string, emoji: unknown][]> {
  const { workspace_id, owner } = team;
  const { data } = await owner.client.list_audit({ workspace_id, subject: comment_id });
  return data
    .filter(({ action }) => action.startsWith('comment.reaction_'))
    .map(({ action, actor_id, before, after }) => [action, actor_id, (after ?? before)?.['emoji']] as never)
    .reverse();
}

describe('a reaction', () => {
  test('is counted by emoji, in the order in which each was first given, and marked if the caller gave it', async () => {
    const { comment, on, add, shown, remove } = await makeComment();
    const { owner, admin, member, viewer } = team;
    expect(comment.reactions).toEqual([]);
    expect(await add(owner, '👍')).toEqual({ emoji: '👍', count: 1, reacted: true });
    await add(member, '🎉');
    expect(await add(admin, '👍')).toEqual({ emoji: '👍', count: 2, reacted: true });
    const reactions = [
      { emoji: '👍', count: 2, reacted: true },
      { emoji: '🎉', count: 1, reacted: false },
    ];
    expect(await shown(owner)).toEqual(reactions);
    expect((await owner.client.list_comments(on)).data[0]?.reactions).toEqual(reactions);
    expect((await shown(viewer)).map(({ reacted }) => reacted)).toEqual([false, false]);
    // It stays first, although the person who gave it first has removed it.
    await remove(owner, '👍');
    expect(await shown(owner)).toEqual([
      { emoji: '👍', count: 1, reacted: false },
      { emoji: '🎉', count: 1, reacted: false },
    ]);
    // Once the last one is removed, the emoji is gone. When it is given again, it comes last.
    await remove(admin, '👍');
    await add(admin, '👍');
    expect((await shown()).map(({ emoji }) => emoji)).toEqual(['🎉', '👍']);
  });

  test('is added once and removed once, however often that is sent, and each change is recorded', async () => {
    const { at, add, remove, shown } = await makeComment();
    const { member, admin } = team;
    for (let n = 0; n < 3; n++) expect(await add(member, '👍')).toEqual({ emoji: '👍', count: 1, reacted: true });
    await add(admin, '👍');
    for (let n = 0; n < 3; n++) await remove(member, '👍');
    await remove(admin, '🎉');
    await add(member, '👍');
    expect(await shown()).toEqual([{ emoji: '👍', count: 2, reacted: false }]);
    expect(await entriesOf(at.comment_id)).toEqual([
      ['comment.reaction_added', member.user.id, '👍'],
      ['comment.reaction_added', admin.user.id, '👍'],
      ['comment.reaction_removed', member.user.id, '👍'],
      ['comment.reaction_added', member.user.id, '👍'],
    ]);
    const { data } = await member.client.list_activity({ workspace_id: at.workspace_id, ticket: at.ticket, limit: 1 });
    expect(data).toMatchObject([
      { action: 'comment.reaction_added', subject_id: at.comment_id, after: { emoji: '👍' } },
    ]);
  });

  test('changes neither the comment’s version nor the ticket, and never conflicts with an edit', async () => {
    const { at, on, add, comment, ticket } = await makeComment();
    const { client } = team.member;
    const before = await client.get_ticket(on);
    await add(team.owner, '👍');
    const edited = await client.update_comment({ ...at, body: { body: 'A better word.', version: 1 } });
    expect(edited).toMatchObject({ version: 2, reactions: [{ emoji: '👍', count: 1, reacted: false }] });
    await add(team.owner, '🎉');
    const tag = (await client.raw.get_comment(at)).headers.get('etag') ?? '';
    await add(team.admin, '🎉');
    // The representation has changed, and so has its ETag. An edit is compared only with the version in the ETag.
    expect((await client.raw.get_comment(at)).headers.get('etag')).not.toBe(tag);
    const again = await client.update_comment({ ...at, body: { body: 'The best word.' }, if_match: tag });
    expect(again).toMatchObject({ version: 3, created_at: comment.created_at });
    expect(again.reactions.map(({ count }) => count)).toEqual([1, 2]);
    expect(await client.update_comment({ ...at, body: { body: 'The best word.', version: 3 } })).toEqual(again);
    expect(await client.get_ticket(on)).toEqual(before);
    await client.update_ticket({ ...on, body: { title: 'Edited', version: ticket.version } });
  });

  test('notifies nobody, and makes nobody a watcher', async () => {
    const { on, add } = await makeComment();
    const { owner, member, workspace_id } = team;
    const unread = () => member.client.get_unread_count({ workspace_id });
    await notifyPeople(server.database.url);
    const before = await unread();
    await add(owner, '👍');
    await notifyPeople(server.database.url);
    expect(await unread()).toEqual(before);
    expect((await owner.client.get_watching(on)).watches).toBe(false);
  });

  test('can be added and removed only by members who may comment', async () => {
    const { at, shown } = await makeComment();
    for (const call of ['add_reaction', 'remove_reaction'] as const) {
      const refused = await team.viewer.client.raw[call]({ ...at, emoji: '👍' });
      expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    }
    expect(await shown()).toEqual([]);
    expect(await entriesOf(at.comment_id)).toEqual([]);
  });

  test('of a former member is still counted', async () => {
    const { at, add, shown } = await makeComment();
    const leaver = await registerPerson(server);
    await joinWorkspace(team.owner, leaver, team.workspace_id, 'member');
    await add(leaver, '👍');
    await team.owner.client.remove_member({ workspace_id: team.workspace_id, user_id: leaver.user.id });
    expect(await shown()).toEqual([{ emoji: '👍', count: 1, reacted: false }]);
    expect((await team.viewer.client.list_reactions(at)).data).toMatchObject([{ user_id: leaver.user.id }]);
  });
});

describe('an emoji', () => {
  test.each([
    ['a simple one', '👍'],
    ['one with a skin tone', '👍🏽'],
    ['a family', '👨‍👩‍👧‍👦'],
    ['the longest', '👩🏻‍❤️‍💋‍👨🏿'],
    ['a flag', '🇳🇴'],
    ['a flag by tags', '🏴󠁧󠁢󠁳󠁣󠁴󠁿'],
    ['a keycap', '#️⃣'],
    ['one with its variation selector', '❤️'],
  ])('is accepted as it is: %s', async (_, emoji) => {
    const { add, shown, remove } = await makeComment();
    await add(team.member, emoji);
    expect(await shown()).toEqual([{ emoji, count: 1, reacted: false }]);
    await remove(team.member, emoji);
    expect(await shown()).toEqual([]);
  });

  test.each([
    ['a shortcode', ':+1:'],
    ['a letter', 'a'],
    ['a digit', '1'],
    ['two', '👍👍'],
    ['one with text', '👍 '],
    ['one without its variation selector', '❤'],
    ['a skin tone twice', '👍🏽🏽'],
    ['half of a flag', '🇳'],
    ['one with a combining mark', '👍\u0301'],
  ])('must be exactly one, or else the error says what to send: %s', async (_, emoji) => {
    const { at, shown } = await makeComment();
    for (const call of ['add_reaction', 'remove_reaction'] as const) {
      expect(await team.member.client.raw[call]({ ...at, emoji })).toMatchObject({
        status: 422,
        body: {
          code: 'validation_failed',
          errors: [{ parameter: 'emoji', detail: expect.stringContaining('%F0%9F%91%8D') as string }],
        },
      });
    }
    expect(await shown()).toEqual([]);
  });

  test('that no text field could contain is not found', async () => {
    const { at } = await makeComment();
    for (const emoji of ['\0', '👍'.repeat(101)]) {
      expect((await team.member.client.raw.add_reaction({ ...at, emoji })).status).toBe(404);
    }
  });

  test('can be added unless the comment has 20 others, and removing one makes room', async () => {
    const { at, add, remove, shown } = await makeComment();
    const { member, admin } = team;
    for (const emoji of twenty) await add(member, emoji);
    const refused = await admin.client.raw.add_reaction({ ...at, emoji: '👍' });
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'quota_exceeded', quota: 'emoji_per_comment', limit: max_emoji },
    });
    expect(await shown(member)).toEqual(twenty.map((emoji) => ({ emoji, count: 1, reacted: true })));
    expect((await add(admin, twenty[7] ?? '')).count).toBe(2);
    await remove(member, twenty[3] ?? '');
    await add(admin, '👍');
    expect((await shown()).map(({ emoji }) => emoji)).toEqual([...twenty.filter((_, n) => n !== 3), '👍']);
  });
});

describe('the list of who has reacted', () => {
  test('has pages, oldest first, and contains each reaction once', async () => {
    const { at, add } = await makeComment();
    const { owner, admin, member } = team;
    await add(owner, '👍');
    await add(member, '🎉');
    await add(admin, '👍');
    const seen: string[][] = [];
    for await (const { emoji, user_id } of team.viewer.client.pages.list_reactions({ ...at, limit: 1 })) {
      seen.push([emoji, user_id]);
    }
    expect(seen).toEqual([
      ['👍', owner.user.id],
      ['🎉', member.user.id],
      ['👍', admin.user.id],
    ]);
  });
});

describe('a deleted or purged comment', () => {
  test.each(['deleted', 'purged'] as const)('has no reactions and accepts none: %s', async (how) => {
    const { at, on, add, remove, shown } = await makeComment();
    const { member, owner } = team;
    await add(owner, '👍');
    if (how === 'deleted') await member.client.delete_comment(at);
    else expect((await owner.client.purge_comment(at)).reactions).toEqual([]);
    const version = (await member.client.get_comment(at)).version;
    expect(await shown()).toEqual([]);
    expect((await member.client.list_comments(on)).data[0]?.reactions).toEqual([]);
    expect((await member.client.list_reactions(at)).data).toEqual([]);
    const refused = await member.client.raw.add_reaction({ ...at, emoji: '👍' });
    expect(refused).toMatchObject({ status: 409, body: { code: 'conflict', current_version: version } });
    await remove(owner, '👍'); // there is none to remove
    expect(await entriesOf(at.comment_id)).toEqual([['comment.reaction_added', owner.user.id, '👍']]);
  });

  test('leaves all invariants intact, as do the tests before', async () => {
    expect(await brokenInvariants(server.database.owner)).toEqual({});
  });
});
