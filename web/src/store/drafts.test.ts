import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { keyOf, type Place } from './draft-places.ts';
import { reconciled, type StoredDraft } from './draft-texts.ts';
import { Drafts, type DraftStorage } from './drafts.ts';
import { draftStorage } from './testing.ts';

const place: Place = { account: 'ada', workspace: 'w', ticket: 't', field: 'comment' };

/** A disk that several tabs share. */
function makeDisk() {
  const rows = new Map<string, StoredDraft>();
  const disk = draftStorage(rows);
  const tabs: Drafts[] = [];
  let is_full = false;
  let takes_ms = 0;
  let stamps = 0;
  const storage: DraftStorage = {
    update: async (key, change) => {
      if (is_full) throw new Error('QuotaExceededError');
      if (takes_ms > 0) await new Promise((resolve) => setTimeout(resolve, takes_ms));
      await disk.update(key, change);
    },
    entries: disk.entries,
  };
  const open = () => {
    const tab: Drafts = new Drafts({
      storage,
      now: () => 1_000,
      newStamp: () => `stamp-${++stamps}`,
      tell: (key, stored) => {
        for (const other of tabs) if (other !== tab) other.receive(key, structuredClone(stored));
      },
    });
    tabs.push(tab);
    return tab;
  };
  return {
    open,
    rows,
    slow: (ms: number) => {
      takes_ms = ms;
    },
    fill: (full: boolean) => {
      is_full = full;
    },
  };
}

const textsOf = (tab: Drafts) => {
  const stored = tab.get(place);
  return stored === undefined ? undefined : [stored.draft.text, ...stored.others.map(({ text }) => text)];
};

describe('drafts', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  test('are stored after 300 ms, or at once when the page closes', async () => {
    const disk = makeDisk();
    const tab = disk.open();
    tab.type(place, 'On', 0);
    await wait(200);
    tab.type(place, 'On it', 0);
    expect(disk.rows.size).toBe(0);
    await wait(100);
    expect(disk.rows.get(keyOf(place))?.draft.text).toBe('On it');
    tab.type(place, 'On it.', 0);
    await tab.flush();
    expect(disk.rows.get(keyOf(place))?.draft.text).toBe('On it.');
  });

  test('are loaded when the page opens again, with version and time, only for their account', async () => {
    const disk = makeDisk();
    const tab = disk.open();
    tab.type(place, 'On it.', 7);
    await tab.flush();
    const next = disk.open();
    await next.load('ada');
    expect(next.get(place)?.draft).toMatchObject({ text: 'On it.', base_version: 7, saved_at: 1_000 });
    expect([next.count('ada'), next.count('ad'), next.count('kim')]).toEqual([1, 0, 0]);
  });

  test('are deleted on the disk and in other tabs once they are sent', async () => {
    const disk = makeDisk();
    const [one, two] = [disk.open(), disk.open()];
    one.type(place, 'On it.', 0);
    await one.flush();
    expect(textsOf(two)).toEqual(['On it.']);
    await one.discard(place);
    expect([textsOf(one), textsOf(two), disk.rows.size]).toEqual([undefined, undefined, 0]);
  });

  test('are not stored later if they are discarded first', async () => {
    const disk = makeDisk();
    const tab = disk.open();
    tab.type(place, 'On it.', 0);
    await tab.discard(place);
    await wait(1_000);
    expect(disk.rows.size).toBe(0);
  });

  test('of two tabs become the newer text if the older one was not typed in since', async () => {
    const disk = makeDisk();
    const [one, two] = [disk.open(), disk.open()];
    one.type(place, 'One', 0);
    await one.flush();
    two.type(place, 'One and two', 0);
    await two.flush();
    expect([textsOf(one), textsOf(two)]).toEqual([['One and two'], ['One and two']]);
    one.type(place, 'One and two and three', 0);
    await one.flush();
    expect([textsOf(one), textsOf(two)]).toEqual([['One and two and three'], ['One and two and three']]);
  });

  test('of two tabs that are typed in at the same time are both kept and offered', async () => {
    const disk = makeDisk();
    const [one, two] = [disk.open(), disk.open()];
    one.type(place, 'One', 0);
    two.type(place, 'Two', 0);
    await one.flush();
    await two.flush();
    expect([textsOf(one), textsOf(two)]).toEqual([
      ['Two', 'One'],
      ['Two', 'One'],
    ]);
    const other = one.get(place)?.others[0];
    if (other !== undefined) one.exchange(place, other);
    await wait(1_000);
    expect([textsOf(one), textsOf(two)]).toEqual([
      ['One', 'Two'],
      ['One', 'Two'],
    ]);
    await one.discard(place);
    expect(textsOf(two)).toEqual(['Two']);
  });

  test('that a closed page could not store are stored by the next page', async () => {
    const disk = makeDisk();
    const [closed, next] = [disk.open(), disk.open()];
    closed.type(place, 'On', 0);
    await closed.flush();
    closed.type(place, 'On it.', 0);
    const left = structuredClone(closed.unsaved());
    expect(left).toHaveLength(1);
    for (const one of left) await next.recover(one);
    expect(textsOf(next)).toEqual(['On it.']);
    await closed.flush();
    expect(closed.unsaved()).toEqual([]);
  });

  test('that a closed page could not store stay on the page and are not forgotten while the disk is full', async () => {
    const disk = makeDisk();
    const [closed, next] = [disk.open(), disk.open()];
    closed.type(place, 'On it.', 0);
    const [left] = structuredClone(closed.unsaved());
    disk.fill(true);
    if (left !== undefined) expect(await next.recover(left)).toBe(false);
    expect(textsOf(next)).toEqual(['On it.']);
    disk.fill(false);
    if (left !== undefined) expect(await next.recover(left)).toBe(true);
    expect(disk.rows.get(keyOf(place))).toMatchObject({ draft: { text: 'On it.' } });
  });

  test('that a closed page left are kept beside a text that is typed while they are stored', async () => {
    const disk = makeDisk();
    const [closed, next] = [disk.open(), disk.open()];
    closed.type(place, 'Left', 0);
    const [left] = structuredClone(closed.unsaved());
    await closed.discard(place);
    disk.slow(1_000);
    const recovering = left && next.recover(left);
    next.type(place, 'New', 0);
    await wait(5_000);
    await recovering;
    expect(textsOf(next)).toEqual(['New', 'Left']);
    const { draft, others } = disk.rows.get(keyOf(place)) ?? {};
    expect([draft?.text, others?.map(({ text }) => text)]).toEqual(['New', ['Left']]);
  });

  test('of another tab stay when one is sent and the next one is begun during the write', async () => {
    const disk = makeDisk();
    const [one, two] = [disk.open(), disk.open()];
    one.type(place, 'One', 0);
    two.type(place, 'Two', 0);
    await two.flush();
    await one.flush();
    expect(textsOf(one)).toEqual(['One', 'Two']);
    disk.slow(1_000);
    const sent = one.discard(place);
    one.type(place, 'Next', 0);
    await wait(5_000);
    await sent;
    expect(textsOf(one)).toEqual(['Next', 'Two']);
    expect(disk.rows.get(keyOf(place))?.others.map(({ text }) => text)).toEqual(['Two']);
  });

  test('on a slow disk are not taken for another tab’s, and stay deleted once discarded', async () => {
    const disk = makeDisk();
    disk.slow(1_000);
    const tab = disk.open();
    for (const text of ['O', 'On', 'On it', 'On it.']) {
      tab.type(place, text, 0);
      await wait(400);
    }
    const gone = tab.discard(place);
    expect(textsOf(tab)).toBeUndefined();
    await wait(10_000);
    await gone;
    expect([textsOf(tab), disk.rows.size]).toEqual([undefined, 0]);
    tab.type(place, 'Next', 0);
    await wait(400);
    tab.type(place, 'Next one', 0);
    await wait(10_000);
    expect(disk.rows.get(keyOf(place))).toMatchObject({ draft: { text: 'Next one' }, others: [] });
  });

  test('keep a letter that is typed during a write', async () => {
    const disk = makeDisk();
    const tab = disk.open();
    tab.type(place, 'On', 0);
    const saving = tab.flush();
    tab.type(place, 'On it', 0);
    await saving;
    expect(textsOf(tab)).toEqual(['On it']);
    await wait(300);
    expect(disk.rows.get(keyOf(place))).toMatchObject({ draft: { text: 'On it' }, others: [] });
  });

  test('stay on the page when the disk is full, and are stored when there is room again', async () => {
    const disk = makeDisk();
    const tab = disk.open();
    disk.fill(true);
    tab.type(place, 'On it', 0);
    await tab.flush();
    expect(textsOf(tab)).toEqual(['On it']);
    disk.fill(false);
    await tab.flush();
    expect(disk.rows.get(keyOf(place))?.draft.text).toBe('On it');
  });

  test('of other tabs are limited to five, without duplicates', () => {
    const draft = (text: string) => ({ text, base_version: 0, saved_at: 0, stamp: text });
    const others = ['a', 'b', 'c', 'd', 'e'].map(draft);
    const { others: kept } = reconciled({ draft: draft('f'), others }, draft('b'), 'something else');
    expect(kept.map(({ text }) => text)).toEqual(['f', 'a', 'c', 'd', 'e']);
  });
});
