import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeTicket } from '../store/testing.ts';
import { Tickets } from '../store/tickets.ts';

const ticket = makeTicket();
const json = (status: number, body: object) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' },
  });
const not_found = () => json(404, { type: '', title: '', status: 404, code: 'not_found' });

/** The requests that wait for a response. */
let waiting: ((response: Response) => void)[] = [];

beforeEach(() => {
  waiting = [];
  vi.resetModules();
  vi.stubGlobal('location', { origin: 'http://baton.example' });
  vi.stubGlobal('fetch', () => new Promise<Response>((resolve) => waiting.push(resolve)));
});
afterEach(() => void vi.unstubAllGlobals());

async function open() {
  const { Reader } = await import('./reader.ts');
  const tickets = new Tickets();
  tickets.receive([ticket], tickets.ask());
  return { tickets, reader: new Reader(tickets, 'w', () => Promise.resolve(true)) };
}

describe('a known ticket that can’t be read any more', () => {
  test('is marked as deleted once, and not again after it was restored', async () => {
    const { tickets, reader } = await open();
    const reading = reader.read('ENG-1');
    waiting[0]?.(not_found());
    await expect(reading).rejects.toMatchObject({ code: 'not_found' });
    expect(tickets.shown(ticket.id)?.deleted_at).not.toBeNull();
    tickets.receive([makeTicket({ version: 3 })], tickets.ask());
    expect(tickets.shown(ticket.id)?.deleted_at).toBeNull();
  });

  test('stays restored if the response that it is gone comes after a newer one', async () => {
    const { tickets, reader } = await open();
    const [first, second] = [reader.again(ticket.id), reader.again(ticket.id)];
    waiting[1]?.(json(200, makeTicket({ version: 3 })));
    await second;
    waiting[0]?.(not_found());
    await first;
    expect(tickets.shown(ticket.id)?.deleted_at).toBeNull();
  });
});
