import { describe, expect, test } from 'vitest';
import { makeTicket } from './testing.ts';
import { Tickets } from './tickets.ts';

const { id } = makeTicket();

function listed(version: number, fields = {}) {
  const { description: _, ...ticket } = makeTicket({ version, ...fields });
  return { ...ticket, excerpt: 'The brake' };
}

describe('the known tickets', () => {
  test('keep the newer version, whichever response arrives last', () => {
    const tickets = new Tickets();
    const slow = tickets.ask();
    const quick = tickets.ask();
    tickets.receive([makeTicket({ version: 3, title: 'New' })], quick);
    tickets.receive([makeTicket({ version: 2, title: 'Old' })], slow);
    expect(tickets.shown(id)?.title).toBe('New');
  });

  test('of one version take the allowed transitions from the later request', () => {
    const tickets = new Tickets();
    const before = tickets.ask();
    const after = tickets.ask();
    tickets.receive([makeTicket({ allowed_transitions: [] })], after);
    tickets.receive([makeTicket({ allowed_transitions: ['in_progress'] })], before);
    expect(tickets.shown(id)?.allowed_transitions).toEqual([]);
  });

  test('move the last activity only forward, independently of the version', () => {
    const tickets = new Tickets();
    const later = '2026-02-01T00:00:00.000000Z';
    tickets.receive([makeTicket({ last_activity_at: later })], tickets.ask());
    tickets.receive([makeTicket({ version: 2 })], tickets.ask());
    expect(tickets.shown(id)).toMatchObject({ version: 2, last_activity_at: later });
    tickets.receive([makeTicket({ last_activity_at: '2026-03-01T00:00:00.000000Z' })], 0);
    expect(tickets.shown(id)).toMatchObject({ version: 2, last_activity_at: '2026-03-01T00:00:00.000000Z' });
  });

  test('keep a description when a list arrives, with the version that it belongs to', () => {
    const tickets = new Tickets();
    tickets.receive([makeTicket({ description: 'The brake is worn.' })], tickets.ask());
    tickets.receive([listed(2)], tickets.ask());
    expect(tickets.shown(id)).toMatchObject({ version: 2, description: 'The brake is worn.', description_version: 1 });
    tickets.receive([makeTicket({ version: 1, description: 'An old one' })], tickets.ask());
    tickets.receive([makeTicket({ version: 2, description: 'New brake.' })], tickets.ask());
    expect(tickets.shown(id)).toMatchObject({ description: 'New brake.', description_version: 2 });
  });

  test('apply the event of a deletion once, and never over a newer version', () => {
    const tickets = new Tickets();
    tickets.receive([makeTicket({ version: 4 })], tickets.ask());
    tickets.deleted(id, '2026-01-02T00:00:00.000000Z', { version: 3 });
    expect(tickets.shown(id)?.deleted_at).toBeNull();
    tickets.deleted(id, '2026-01-02T00:00:00.000000Z', { version: 5 });
    expect(tickets.shown(id)).toMatchObject({ version: 5, allowed_transitions: [] });
  });

  test('that can’t be read any more are not restored by an earlier request, unless it returns a newer version', () => {
    const tickets = new Tickets();
    tickets.receive([makeTicket()], tickets.ask());
    const slow = tickets.ask();
    tickets.deleted(id, '2026-01-02T00:00:00.000000Z');
    tickets.deleted(id, '2026-01-03T00:00:00.000000Z');
    tickets.receive([makeTicket()], slow);
    expect(tickets.shown(id)?.deleted_at).toBe('2026-01-02T00:00:00.000000Z');
    tickets.receive([makeTicket({ version: 3 })], slow);
    expect(tickets.shown(id)?.deleted_at).toBeNull();
  });

  test('are the same objects until something changes', () => {
    const tickets = new Tickets();
    tickets.receive([makeTicket()], tickets.ask());
    const seen: number[] = [];
    tickets.watch(id, () => seen.push(tickets.revision()));
    const shown = tickets.shown(id);
    expect(tickets.shown(id)).toBe(shown);
    tickets.lay(id, [{ kind: 'edit', field: 'title', value: 'Crane!' }]);
    expect(tickets.shown(id)).not.toBe(shown);
    expect(tickets.known(id)?.title).toBe('The crane drops its load');
    expect(seen).toHaveLength(1);
  });

  test('are limited to 20,000, without forgetting any that has unsent changes', () => {
    const tickets = new Tickets();
    const many = Array.from({ length: 20_002 }, (_, number) =>
      makeTicket({ id: `id-${number}`, key: `ENG-${number}`, number }),
    );
    tickets.receive(many.slice(0, 1), tickets.ask());
    tickets.lay('id-0', [{ kind: 'restore' }]);
    tickets.receive(many.slice(1), tickets.ask());
    expect(tickets.all()).toHaveLength(20_000);
    expect([0, 1, 2, 3].map((number) => tickets.idOf(`eng-${number}`))).toEqual(['id-0', undefined, undefined, 'id-3']);
  });
});
