import { expect, test } from 'vitest';
import { makeRefusal, makeWorld, settle } from './testing.ts';

/** Waits until an operation is kept; the returned function tells whether it is. */
function watchKept(kept: Promise<void>): () => boolean {
  let is_kept = false;
  void kept.then(() => (is_kept = true));
  return () => is_kept;
}

test('an operation is kept as soon as it is stored', async () => {
  const world = makeWorld();
  const isKept = watchKept(world.operations.kept(world.operations.add(world.at, { kind: 'comment', body: 'Hi' }, 1)));
  await settle();
  expect(isKept()).toBe(true);
});

test('an operation that the disk refuses is kept when the server has done it', async () => {
  const world = makeWorld();
  world.fill(true);
  const isKept = watchKept(world.operations.kept(world.operations.add(world.at, { kind: 'comment', body: 'Hi' }, 1)));
  await settle();
  expect([isKept(), world.kept.size]).toEqual([false, 0]);
  await world.last().respond({ kind: 'done' });
  expect(isKept()).toBe(true);
});

test('an operation that the disk and the server refuse is kept once the person has dropped it', async () => {
  const world = makeWorld();
  world.fill(true);
  const id = world.operations.add(world.at, { kind: 'comment', body: 'Hi' }, 1);
  const isKept = watchKept(world.operations.kept(id));
  await world.last().respond(makeRefusal('validation_failed'));
  expect(isKept()).toBe(false);
  world.fill(false);
  world.operations.dismiss({ ...world.at, id });
  await settle();
  expect(isKept()).toBe(true);
});
