import type { ActivityEntry, Comment } from 'baton-sdk';
import { describe, expect, test } from 'vitest';
import { Timeline } from './timeline.ts';

const at = (number: number) => new Date(Date.UTC(2026, 0, 1, 0, number)).toISOString();

function makeEntry(number: number, action: ActivityEntry['action'], subject_id = 't'): ActivityEntry {
  const subject_type = action.startsWith('comment') ? 'comment' : 'ticket';
  const about = { subject_type, subject_id, version: null, before: null, after: null, assignees: [] };
  return { id: `e${number}`, actor_id: 'ada', actor_name: 'Ada', action, ...about, created_at: at(number) };
}

const makeComment = (number: number, fields: Partial<Comment> = {}): Comment => ({
  id: `c${number}`,
  ticket_id: 't',
  author_id: 'ada',
  body: `Comment ${number}`,
  mentions: [],
  reactions: [],
  version: 1,
  created_at: at(number),
  edited_at: null,
  deleted_at: null,
  deleted_by: null,
  purged_at: null,
  ...fields,
});

/** A ticket's story on a server with small pages. */
function makeStory({ page = 3 } = {}) {
  const entries: ActivityEntry[] = [makeEntry(0, 'ticket.created')];
  const comments = new Map<string, Comment>();
  const read: string[] = [];
  let reads_left = Infinity;
  const timeline = new Timeline({
    loadActivity: async (cursor) => {
      if (reads_left-- <= 0) throw new Error('no response');
      const newest = entries.toReversed();
      const from = cursor === undefined ? 0 : newest.findIndex(({ id }) => id === cursor) + 1;
      const data = newest.slice(from, from + page);
      return { data, next_cursor: from + page < newest.length ? (data.at(-1)?.id ?? null) : null };
    },
    loadComments: async () => {
      const all = [...comments.values()];
      return { data: all.slice(0, page), next_cursor: all.length > page ? 'more' : null };
    },
    loadComment: async (id) => {
      read.push(id);
      return comments.get(id);
    },
  });
  let number = 0;
  return {
    timeline,
    read,
    act: (action: ActivityEntry['action']) => void entries.push(makeEntry(++number, action)),
    say: () => {
      const comment = makeComment(++number);
      comments.set(comment.id, comment);
      entries.push(makeEntry(number, 'comment.created', comment.id));
      return comment;
    },
    change: (comment: Comment) => void comments.set(comment.id, comment),
    fail: (does: boolean, { after = 0 } = {}) => {
      reads_left = does ? after : Infinity;
    },
    shown: () => timeline.state().moments.map(({ id }) => id),
  };
}

describe('the story of a ticket', () => {
  test('has activity and comments in one order, oldest first', async () => {
    const story = makeStory({ page: 10 });
    story.act('ticket.updated');
    story.say();
    story.act('ticket.transitioned');
    await story.timeline.open();
    expect(story.shown()).toEqual(['e0', 'e1', 'c2', 'e3']);
    expect([story.read, story.timeline.state().has_older]).toEqual([[], false]);
  });

  test('shows the newest part first, and older parts on request', async () => {
    const story = makeStory();
    for (let turn = 0; turn < 3; turn++) story.act('ticket.updated');
    for (let turn = 0; turn < 5; turn++) story.say();
    await story.timeline.open();
    expect(story.shown()).toEqual(['c6', 'c7', 'c8']);
    expect(story.read.toSorted()).toEqual(['c7', 'c8']);
    await story.timeline.older();
    expect(story.shown()).toEqual(['e3', 'c4', 'c5', 'c6', 'c7', 'c8']);
    await story.timeline.older();
    expect(story.shown()).toEqual(['e0', 'e1', 'e2', 'e3', 'c4', 'c5', 'c6', 'c7', 'c8']);
    expect(story.timeline.state().has_older).toBe(false);
  });

  test('loads all new entries without a gap, however many there are', async () => {
    const story = makeStory();
    story.say();
    await story.timeline.open();
    for (let turn = 0; turn < 8; turn++) story.act('ticket.updated');
    await story.timeline.happened();
    expect(story.shown()).toEqual(['e0', 'c1', 'e2', 'e3', 'e4', 'e5', 'e6', 'e7', 'e8', 'e9']);
  });

  test('is loaded anew if more has happened than is read at once, and has no gap', async () => {
    const story = makeStory();
    const comment = story.say();
    await story.timeline.open();
    story.change({ ...comment, body: 'New brake.', version: 2 });
    for (let turn = 0; turn < 40; turn++) story.act('ticket.updated');
    await story.timeline.happened();
    expect(story.shown()).toEqual(['e39', 'e40', 'e41']);
    while (story.timeline.state().has_older) await story.timeline.older();
    expect(story.shown()).toHaveLength(42);
    expect(story.timeline.comment(comment.id)?.body).toBe('New brake.');
  });

  test('has no gap after a read that failed midway', async () => {
    const story = makeStory();
    await story.timeline.open();
    for (let turn = 0; turn < 8; turn++) story.act('ticket.updated');
    story.fail(true, { after: 1 });
    await story.timeline.happened();
    story.fail(false);
    await story.timeline.happened();
    expect(story.shown()).toEqual(['e0', 'e1', 'e2', 'e3', 'e4', 'e5', 'e6', 'e7', 'e8']);
  });

  test('reads an edited comment again, and ignores an older version of it', async () => {
    const story = makeStory();
    const comment = story.say();
    await story.timeline.open();
    story.change({ ...comment, body: 'New brake.', version: 2 });
    story.act('comment.updated');
    await story.timeline.happened(comment.id);
    story.timeline.receive(comment);
    expect(story.timeline.comment(comment.id)?.body).toBe('New brake.');
    expect(story.shown()).toEqual(['e0', 'c1']);
  });

  test('shows a sent comment before the activity contains it', async () => {
    const story = makeStory();
    await story.timeline.open();
    story.timeline.receive(makeComment(5));
    expect(story.shown()).toEqual(['e0', 'c5']);
  });

  test('keeps what is shown when reading fails, and reads it the next time', async () => {
    const story = makeStory();
    story.fail(true);
    await story.timeline.open();
    expect(story.timeline.state()).toMatchObject({ loading: 'no', error: new Error('no response') });
    story.fail(false);
    await story.timeline.happened();
    expect(story.timeline.state()).toMatchObject({ loading: 'no', error: undefined, has_older: false });
    expect(story.shown()).toEqual(['e0']);
  });
});
