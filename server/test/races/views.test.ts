import { expect, test } from 'vitest';
import { makeTeam } from '../../../proof/harness/make.ts';
import { registerPerson } from '../../../proof/harness/people.ts';
import { type Patch, startServer } from '../../../proof/harness/server.ts';

// Each race runs twice: on the real server, and as a control on one that doesn't lock the row, where more than one
// write based on the same version succeeds.

/** How many of twenty writes based on the same version succeed, on a view and on a person's preferences. */
async function race(patch?: Patch): Promise<{ view: number; preferences: number }> {
  const server = await startServer(
    { BATON_POOL_SIZE: '20', LOG_LEVEL: 'silent' },
    patch === undefined ? {} : { patch },
  );
  try {
    const { workspace_id, owner, admin } = await makeTeam(server);
    const { id: view_id } = await owner.client.create_view({ workspace_id, body: { name: 'V', shared: true } });
    const done = (answers: { status: number }[]) => answers.filter(({ status }) => status === 200).length;
    const renamed = Array.from({ length: 20 }, (_, n) => {
      const { client } = n % 2 === 0 ? owner : admin;
      return client.raw.update_view({ workspace_id, view_id, body: { name: `V${n}`, version: 1 } });
    });
    const view = done(await Promise.all(renamed));
    const person = await registerPerson(server);
    await person.client.update_preferences({ body: { theme: 'dark', version: 1 } }); // so that its row exists
    const chosen = Array.from({ length: 20 }, (_, n) =>
      person.client.raw.update_preferences({ body: { keys: { create: String.fromCodePoint(97 + n) }, version: 2 } }),
    );
    return { view, preferences: done(await Promise.all(chosen)) };
  } finally {
    await server.stop();
  }
}

test('of many writes based on the same version of a view, or of preferences, exactly one succeeds', async () => {
  expect(await race()).toEqual({ view: 1, preferences: 1 });
});

test('control: without the locks, more succeed', async () => {
  const found = await race((text) =>
    // The pause lets all of them read before the first one writes.
    text.replace(
      /from (views v|preferences p)\b(.*) for no key update of [vp]\b/s,
      'from (select pg_sleep(0.1)) pause cross join $1$2',
    ),
  );
  expect(found.view).toBeGreaterThan(1);
  expect(found.preferences).toBeGreaterThan(1);
});
