import { describe, expect, test } from 'vitest';
import type { Change } from './changes.ts';
import type { Outcome } from './outcome.ts';
import { makeRefusal, makeTicket, makeWorld, settle } from './testing.ts';

const title = (value: string): Change => ({ kind: 'edit', field: 'title', value });
const step = (from: string, to: string): Change => ({
  kind: 'transition',
  from,
  to,
  category: 'in_progress',
  next: [],
});
const later: Outcome = { kind: 'later', cause: 'unreachable' };

describe('the comment of a transition', () => {
  test('is kept if the transition depends on a refused one, and is refused for the same reason', async () => {
    const world = makeWorld();
    world.operations.add(world.at, step('open', 'in_progress'), 1);
    world.operations.add(world.at, { ...step('in_progress', 'done'), comment: 'New brake.' } as Change, 1);
    await world.last().respond(makeRefusal('transition_not_allowed', { current_status: 'closed', current_version: 1 }));
    expect(world.queue().map(({ refusal }) => refusal?.code)).toEqual([
      'transition_not_allowed',
      'transition_not_allowed',
    ]);
    expect(world.sent).toHaveLength(1);
  });

  test('is kept after a refusal when the ticket is moved again, and when the role changes', async () => {
    const world = makeWorld();
    const with_comment = { ...step('open', 'in_progress'), comment: 'I have begun.' } as Change;
    world.operations.add(world.at, with_comment, 1);
    await world.last().respond(makeRefusal('forbidden'));
    world.operations.roleChanged();
    world.operations.add(world.at, step('open', 'closed'), 1);
    expect(world.queue().map(({ change }) => change)).toEqual([with_comment, step('open', 'closed')]);
    expect(world.kept.size).toBe(2);
  });
});

describe('the text of a conflict', () => {
  test('is kept until the person decides, even if they edit the field once more', async () => {
    const world = makeWorld();
    world.operations.add(world.at, title('Mine'), 1);
    const fields = { title: { base: 'Was', mine: 'Mine', theirs: 'Theirs' } };
    await world.last().respond(makeRefusal('edit_conflict', { current_version: 2, fields }));
    world.operations.add(world.at, title('Another'), 2);
    await world.last().respond({ kind: 'done', ticket: makeTicket({ version: 3, title: 'Another' }) });
    const [conflict, ...others] = world.queue();
    expect([conflict?.change, others]).toEqual([title('Mine'), []]);
    if (conflict !== undefined) world.operations.dismiss(conflict);
    expect([world.queue(), world.kept.size]).toEqual([[], 0]);
  });
});

describe('a change that waits', () => {
  test('is sent again after a wait even if an earlier ticket waits for a decision', async () => {
    const world = makeWorld();
    const other = makeTicket({ id: '01990000-0000-7000-8000-000000000002', key: 'ENG-2' });
    world.tickets.receive([other], world.tickets.ask());
    world.operations.add(world.at, title('Crane!'), 1);
    await world.last().respond(makeRefusal('validation_failed'));
    world.operations.add({ ...world.at, ticket_id: other.id, ticket_key: 'ENG-2' }, title('Boat!'), 1);
    await world.last().respond(later);
    for (const again of world.timers.splice(0)) again();
    await settle();
    expect(world.sent.map(({ operation }) => operation.ticket_key)).toEqual(['ENG-1', 'ENG-2', 'ENG-2']);
  });
});

describe('a place on the board', () => {
  test('stays where somebody else has placed it since, even if the response comes later or is repeated', async () => {
    const world = makeWorld();
    world.operations.add(world.at, { kind: 'place', placed: { place: { after: 'x' }, rank: '7a!' } }, 1);
    world.tickets.receive([makeTicket({ rank: 'theirs' })], world.tickets.ask());
    await world.last().respond(later);
    world.tickets.receive([makeTicket({ rank: 'theirs' })], world.tickets.ask());
    for (const again of world.timers.splice(0)) again();
    await settle();
    await world.last().respond({ kind: 'done', ticket: makeTicket({ rank: 'mine' }) });
    expect(world.shown()?.rank).toBe('theirs');
  });
});
