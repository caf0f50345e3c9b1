import { expect, test } from 'vitest';
import { keyOf, type Place } from './draft-places.ts';
import type { StoredDraft } from './draft-texts.ts';
import { Drafts } from './drafts.ts';
import { draftStorage, settle } from './testing.ts';

const place: Place = { account: 'ada', workspace: 'w', ticket: 't', field: 'comment' };

/** A tab with a disk that other tabs may open. */
function open(rows = new Map<string, StoredDraft>()) {
  let stamps = rows.size * 100;
  const drafts = new Drafts({
    storage: draftStorage(rows),
    tell: () => undefined,
    now: () => 1_000,
    newStamp: () => `stamp-${++stamps}`,
  });
  const stored = () => {
    const { draft, others } = rows.get(keyOf(place)) ?? {};
    return [draft?.text, ...(others ?? []).map(({ text }) => text)];
  };
  return { drafts, rows, stored };
}

test('a sent text leaves the page at once, and the disk only when what was sent is kept', async () => {
  const { drafts, rows, stored } = open();
  const { promise, resolve } = Promise.withResolvers<void>();
  drafts.type(place, 'On it.', 0);
  const sent = drafts.sent(place, promise);
  expect(drafts.get(place)).toBeUndefined();
  await settle();
  expect([drafts.get(place), stored()]).toEqual([undefined, ['On it.']]);
  const reloaded = open(rows).drafts;
  await reloaded.load('ada');
  expect(reloaded.get(place)?.draft.text).toBe('On it.');
  resolve();
  await sent;
  expect([drafts.get(place), rows.size]).toEqual([undefined, 0]);
});

test('the next text is stored beside a sent one, and stays when that is deleted', async () => {
  const { drafts, stored } = open();
  const { promise, resolve } = Promise.withResolvers<void>();
  drafts.type(place, 'One', 0);
  const sent = drafts.sent(place, promise);
  drafts.type(place, 'Two', 0);
  await drafts.flush();
  expect(stored()).toEqual(['Two', 'One']);
  drafts.type(place, 'Two and more', 0);
  resolve();
  await sent;
  expect([drafts.get(place)?.draft.text, drafts.get(place)?.others]).toEqual(['Two and more', []]);
  await drafts.flush();
  expect(stored()).toEqual(['Two and more']);
});

test('a sent text stays stored and unseen when the next one is discarded', async () => {
  const { drafts, stored } = open();
  drafts.type(place, 'One', 0);
  void drafts.sent(place, new Promise(() => undefined));
  drafts.type(place, 'Two', 0);
  await drafts.flush();
  await drafts.discard(place);
  expect([drafts.get(place), stored()]).toEqual([undefined, ['One']]);
});
