import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeTicket, settle } from '../store/testing.ts';

const ticket = makeTicket();
const at = { workspace_id: 'w1', ticket_id: ticket.id, ticket_key: ticket.key };
let sent = 0;

beforeEach(() => {
  sent = 0;
  vi.resetModules();
  vi.useFakeTimers();
  vi.stubGlobal('location', { origin: 'http://baton.example' });
  // A disk that never responds, and a server that can't be reached.
  vi.stubGlobal('indexedDB', { open: () => ({}) });
  vi.stubGlobal('fetch', async () => {
    sent++;
    throw new TypeError('Failed to fetch');
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Opens a workspace and changes a ticket there. */
async function open() {
  const { Desks } = await import('./desks.ts');
  const desks = new Desks();
  const desk = desks.of('ada', 'w1');
  desk.tickets.receive([ticket], desk.tickets.ask());
  desk.operations.add(at, { kind: 'edit', field: 'title', value: 'Crane!' }, 1);
  return { desks, desk };
}

describe('the desks of a page', () => {
  test('show what was not sent when the person comes back from another workspace', async () => {
    const { desks } = await open();
    expect(desks.of('ada', 'w2').operations.all()).toEqual([]);
    const again = desks.of('ada', 'w1');
    expect(again.operations.all()).toHaveLength(1);
    expect(again.tickets.shown(ticket.id)?.title).toBe('Crane!');
  });

  test('send nothing more once the person has signed out', async () => {
    const { desks, desk } = await open();
    desks.of('ada', 'w2');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent).toBeGreaterThan(0);
    desks.end();
    const before = sent;
    desks.of('grace', 'w1');
    await vi.advanceTimersByTimeAsync(120_000);
    expect([sent, desk.operations.all()]).toEqual([before, []]);
  });

  test('count the files that are being sent, also in another workspace', async () => {
    for (const name of ['addEventListener', 'removeEventListener']) vi.stubGlobal(name, () => undefined);
    const { desks, desk } = await open();
    expect(desks.files).toBe(0);
    desk.uploads.add(ticket.id, [new File(['…'], 'crane.png')]);
    expect(desks.of('ada', 'w2').uploads.get()).toEqual([]);
    expect(desks.files).toBe(1);
    desks.end();
    expect(desks.files).toBe(0);
  });

  test('reload their lists once more if events are missed during a reload', async () => {
    const { desk } = await open();
    const finish: (() => void)[] = [];
    const renew = () => new Promise<void>((resolve) => finish.push(resolve));
    desk.show({ renew, covers: () => true });
    void desk.renew();
    void desk.renew();
    void desk.renew();
    finish[0]?.();
    await settle();
    expect(finish).toHaveLength(2);
    finish[1]?.();
    await settle();
    expect(finish).toHaveLength(2);
  });
});

test('a new desk takes over what an earlier one of the same tab has left, and later only that of closed tabs', async () => {
  const [{ leftBehind }, { tab }] = await Promise.all([import('./left-behind.ts'), import('./tab.ts')]);
  const operation = { id: 'o', change: { kind: 'restore' } } as never;
  const kept = [
    { operation, tab },
    { operation, tab: 'closed' },
  ];
  expect(await leftBehind(kept, { is_new: true })).toHaveLength(2);
  expect(await leftBehind(kept, { is_new: false })).toHaveLength(1);
});
