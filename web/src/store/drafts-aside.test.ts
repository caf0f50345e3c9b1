import { expect, test } from 'vitest';
import { keyOf } from './draft-places.ts';
import type { Draft, StoredDraft } from './draft-texts.ts';
import { Drafts } from './drafts.ts';
import { draftStorage } from './testing.ts';

const place = { account: 'ada', workspace: 'w', ticket: 'new in ENG', field: 'open' };

/** Drafts on a disk, as each page of a browser has them. */
function makeDisk() {
  const rows = new Map<string, StoredDraft>();
  const open = () =>
    new Drafts({
      storage: draftStorage(rows),
      tell: () => undefined,
    });
  return { rows, open };
}

const textsOf = (drafts: Drafts) => {
  const { draft, others = [] } = drafts.get(place) ?? {};
  return [draft, ...others].map((one) => one?.text);
};

/** Types a title and sends it. Returns the text that is set aside. */
function send(drafts: Drafts, text: string): Draft {
  drafts.type(place, text, 0);
  const sent = drafts.setAside(place);
  if (sent === undefined) throw new Error('Nothing was set aside.');
  return sent;
}

test('a title that is being sent is still there after a reload, beside the next one', async () => {
  const disk = makeDisk();
  const drafts = disk.open();
  send(drafts, 'One');
  drafts.type(place, 'Two', 0);
  await drafts.flush();
  expect(textsOf(drafts)).toEqual(['Two', 'One']);
  const next = disk.open();
  await next.load('ada');
  expect(textsOf(next)).toEqual(['Two', 'One']);
});

test('a title whose ticket was created leaves nothing behind, and other titles stay', async () => {
  const disk = makeDisk();
  const drafts = disk.open();
  const [one, two] = [send(drafts, 'One'), send(drafts, 'Two')];
  await drafts.flush();
  drafts.drop(place, one);
  await drafts.flush();
  expect(textsOf(drafts)).toEqual(['', 'Two']);
  drafts.drop(place, two);
  await drafts.flush();
  expect([drafts.get(place), drafts.count('ada'), disk.rows.has(keyOf(place))]).toEqual([undefined, 0, false]);
});

test('a title whose ticket was not created comes back into the empty field', async () => {
  const disk = makeDisk();
  const drafts = disk.open();
  const one = send(drafts, 'One');
  await drafts.flush();
  drafts.exchange(place, one);
  await drafts.flush();
  expect(textsOf(drafts)).toEqual(['One']);
  expect(drafts.setAside(place)?.text).toBe('One');
});
