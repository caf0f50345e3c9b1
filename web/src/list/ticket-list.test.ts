import type { ListedTicket } from 'baton-sdk';
import { describe, expect, test } from 'vitest';
import { makeTicket } from '../store/testing.ts';
import { Tickets } from '../store/tickets.ts';
import { belongs, filtersOf } from './filters.ts';
import { TicketList } from './ticket-list.ts';

const at = (number: number) => new Date(Date.UTC(2026, 0, 1, 0, number)).toISOString();

function listed(number: number, fields: Partial<ListedTicket> = {}): ListedTicket {
  const { description: _, ...ticket } = makeTicket();
  const own = { id: `id-${number}`, key: `ENG-${number}`, number, created_at: at(number), updated_at: at(number) };
  return { ...ticket, excerpt: '', ...own, ...fields };
}

/** A list of tickets on a server, some of which the test changes. */
function makeList(count: number, search: Record<string, string> = {}) {
  const filters = filtersOf(search, { grouped: false });
  const { sort } = filters;
  const viewer = { user_id: 'ada', projects: undefined };
  const rows = new Map(Array.from({ length: count }, (_, index) => [`id-${index + 1}`, listed(index + 1)]));
  const tickets = new Tickets();
  const read: string[] = [];
  const asked: (string | undefined)[] = [];
  let fails = false;
  let first_page: Promise<void> | undefined;
  const list = new TicketList({
    tickets,
    input: { sort },
    belongs: (ticket) => belongs(ticket, filters, viewer),
    read: (id) => read.push(id),
    load: async ({ limit, cursor }) => {
      asked.push(cursor);
      if (fails) throw new Error('no response');
      if (cursor === undefined) await first_page;
      const key = sort.replace('-', '') as 'created_at';
      const order = (a: ListedTicket, b: ListedTicket) => (a[key] < b[key] ? -1 : 1) * (sort.startsWith('-') ? -1 : 1);
      const found = [...rows.values()].filter((row) => belongs(row, filters, viewer)).toSorted(order);
      const from = cursor === undefined ? 0 : found.findIndex(({ id }) => id === cursor) + 1;
      const data = found.slice(from, from + limit);
      const is_last = from + limit >= found.length;
      return { data: structuredClone(data), next_cursor: is_last ? null : (data.at(-1)?.id ?? null) };
    },
  });
  const change = (number: number, fields: Partial<ListedTicket>) => {
    const row = rows.get(`id-${number}`) ?? listed(number);
    const next = { ...row, version: row.version + 1, ...fields };
    rows.set(row.id, next);
    return next;
  };
  return {
    list,
    tickets,
    read,
    asked,
    rows,
    change,
    arrives: (ticket: ListedTicket) => tickets.receive([ticket], tickets.ask()),
    fail: (does: boolean) => {
      fails = does;
    },
    /** Lets the first page wait for this. */
    delay: (until: Promise<void>) => {
      first_page = until;
    },
    numbers: () => list.rows().map(({ number }) => number),
  };
}

const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, index) => from - index);

describe('a list of tickets', () => {
  test('is read page by page until its end', async () => {
    const { list, numbers } = makeList(200);
    expect(list.state()).toMatchObject({ loading: 'first', has_more: true });
    await list.more();
    expect([numbers(), list.state().has_more]).toEqual([down(200, 151), true]);
    await list.more();
    await list.more();
    expect([numbers(), list.state()]).toEqual([down(200, 1), { loading: 'no', error: undefined, has_more: false }]);
  });

  test('requests a page once, however often it is wanted', async () => {
    const { list, asked } = makeList(200);
    await Promise.all([list.more(), list.more(), list.more()]);
    expect(asked).toHaveLength(1);
  });

  test('adds, updates and removes tickets as they change, but adds none beyond the pages read', async () => {
    const { list, arrives, change, numbers } = makeList(60, { status: 'open' });
    await list.more();
    arrives(listed(61));
    arrives(listed(5));
    expect(numbers()).toEqual(down(61, 11));
    arrives(change(60, { status: 'in_progress' }));
    expect(numbers()).toEqual([61, ...down(59, 11)]);
    await list.more();
    expect(numbers()).toEqual([61, ...down(59, 1)]);
  });

  test('applies a change at once, before it is sent', async () => {
    const { list, tickets, numbers } = makeList(3, { priority: 'none' });
    await list.more();
    tickets.lay('id-2', [{ kind: 'edit', field: 'priority', value: 'high' }]);
    expect(numbers()).toEqual([3, 1]);
    tickets.lay('id-2', []);
    expect(numbers()).toEqual([3, 2, 1]);
  });

  test('moves a changed ticket to the top when sorted by update', async () => {
    const { list, arrives, change, numbers } = makeList(4, { sort: '-updated_at' });
    await list.more();
    arrives(change(2, { updated_at: at(9) }));
    expect(numbers()).toEqual([2, 4, 3, 1]);
  });

  test('is reloaded in place, and reads the tickets again that it lost', async () => {
    const { list, rows, change, read, numbers } = makeList(170);
    await list.more();
    await list.more();
    change(120, { title: 'Crane!' });
    rows.delete('id-150');
    change(171, {});
    await list.renew();
    expect(read).toEqual(['id-150']);
    expect(list.rows().find(({ number }) => number === 120)?.title).toBe('Crane!');
    expect(numbers().slice(0, 2)).toEqual([171, 170]);
    expect(list.state().has_more).toBe(false);
  });

  test('keeps its rows when a page fails, and reads that page when asked again', async () => {
    const { list, fail, numbers } = makeList(60);
    fail(true);
    await list.more();
    expect(list.state()).toMatchObject({ loading: 'first', error: new Error('no response') });
    fail(false);
    await list.more();
    fail(true);
    await list.more();
    expect([numbers(), list.state().error]).toEqual([down(60, 11), new Error('no response')]);
    await list.renew();
    expect(numbers()).toEqual(down(60, 11));
    fail(false);
    await list.more();
    expect([numbers(), list.state().error]).toEqual([down(60, 1), undefined]);
  });

  test('returns the same array until a row changes', async () => {
    const { list, arrives, change } = makeList(3, { status: 'open' });
    await list.more();
    const rows = list.rows();
    arrives(listed(9, { status: 'closed' }));
    expect(list.rows()).toBe(rows);
    arrives(change(1, { title: 'Crane!' }));
    expect(list.rows()).not.toBe(rows);
  });

  test('that was left is reloaded where a new first page doesn’t reach, so that nothing new is missing', async () => {
    const { list, rows, numbers, asked } = makeList(120);
    await list.more();
    await list.more();
    expect(numbers()).toEqual(down(120, 1));
    rows.set('id-0', listed(0)); // created meanwhile, and last in this order
    await list.begin({ data: [...rows.values()].slice(70, 120).toReversed(), next_cursor: 'id-71' });
    expect(numbers()).toEqual(down(120, 0));
    const requests = asked.length;
    await list.begin({ data: [], next_cursor: null });
    expect(asked.length).toBeGreaterThan(requests);
  });

  test('that was left begins anew with a first page that has all of it, even if there is more now', async () => {
    const { list, arrives, numbers } = makeList(2);
    await list.more();
    expect(list.state().has_more).toBe(false);
    const data = [listed(4), listed(3)];
    data.forEach(arrives);
    const page = { data, next_cursor: 'id-3' };
    await list.begin(page);
    expect([numbers(), list.state().has_more]).toEqual([[4, 3], true]);
  });

  test('loses no rows when a page is requested during a reload', async () => {
    const { list, delay, numbers } = makeList(300);
    await list.more();
    const { promise, resolve } = Promise.withResolvers<void>();
    delay(promise);
    const renewing = list.renew();
    const reading = list.more();
    setTimeout(resolve, 20);
    await reading;
    const rows = numbers();
    await renewing;
    expect(numbers()).toEqual(rows);
    await list.more();
    expect(numbers()).toEqual(down(300, 101));
  });
});
