import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { disableUser } from '../../src/accounts/operator.ts';
import { conformingClient } from '../../../proof/harness/conformance.ts';
import { joinWorkspace, type Person, registerPerson } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

let server: TestServer;
/** A server without the locks that prevent the loss of a right during a write. */
let broken: TestServer;

// A write may wait for much longer than a loss of rights takes.
const patience_ms = 20_000;
const patient = { BATON_LOCK_TIMEOUT_MS: '30000', BATON_STATEMENT_TIMEOUT_MS: '30000' };

beforeAll(async () => {
  server = await startServer(patient);
  broken = await startServer(patient, {
    database: server.database,
    patch: (text) => text.replace(/ for key share of (m, w(, b)?|s|k)$/, ''),
  });
});
afterAll(async () => {
  await broken.stop();
  await server.stop();
});

/** The credential that the guest writes with: their session, their token, or the token of their bot. */
type By = 'session' | 'token' | 'bot';

interface Scene {
  host: Person;
  guest: Person;
  workspace_id: string;
  ticket: string;
  /** The credential that the writes are sent with. */
  credential: string;
  token_id: string;
  bot_id: string;
}

async function setScene(by: By = 'session'): Promise<Scene> {
  const [host, guest] = await Promise.all([registerPerson(server), registerPerson(server)]);
  const { id: workspace_id } = await host.client.create_workspace({ body: { name: 'Ours' } });
  await joinWorkspace(host, guest, workspace_id, by === 'bot' ? 'admin' : 'member');
  const body = { key: 'ENG', name: 'Eng' };
  const { id: project_id } = await host.client.create_project({ workspace_id, body });
  const { id: ticket } = await host.client.create_ticket({ workspace_id, project_id, body: { title: 'A ticket' } });
  const scene = { host, guest, workspace_id, ticket, credential: guest.access_token, token_id: '', bot_id: '' };
  if (by === 'session') return scene;
  const bot = by === 'bot' ? await guest.client.create_bot({ workspace_id, body: { name: 'Bot' } }) : undefined;
  const { id: token_id, token } = await guest.client.create_token({
    workspace_id,
    body: { name: 'T', scopes: ['tickets:write'], ...(bot && { user_id: bot.id }) },
  });
  return { ...scene, credential: token, token_id, bot_id: bot?.id ?? '' };
}

const member = ({ workspace_id, guest }: Scene) => ({ workspace_id, user_id: guest.user.id });

interface Loss {
  take: (scene: Scene) => Promise<unknown>;
  answer: number;
}

async function changePassword({ guest }: Scene, more: { revoke_tokens?: boolean } = {}) {
  const { email, password } = guest;
  const other = conformingClient(server.url);
  other.access_token = (await other.login({ body: { email, password } })).access_token;
  const body = { current_password: password, new_password: `another ${password}`, ...more };
  await other.change_password({ body });
}

/** Every way to lose a right, and the status that a write by a session gets afterwards. */
const losses: Record<string, Loss> = {
  removal: { take: (scene) => scene.host.client.remove_member(member(scene)), answer: 404 },
  demotion: {
    take: (scene) => scene.host.client.update_member({ if_match: '*', ...member(scene), body: { role: 'viewer' } }),
    answer: 403,
  },
  'sign-out': { take: ({ guest }) => guest.client.logout(), answer: 401 },
  'another password': {
    take: changePassword,
    answer: 401,
  },
  'disabling the account': { take: ({ guest }) => disableUser(server.database.owner, guest.email), answer: 401 },
  'deletion of the workspace': {
    take: ({ host, workspace_id }) => host.client.delete_workspace({ workspace_id }),
    answer: 404,
  },
};

/** The same for a token, which ends with the membership. */
const { demotion, removal, 'disabling the account': disabling, 'deletion of the workspace': deletion } = losses;
const of_tokens: Record<string, Loss | undefined> = {
  'revocation of the token': {
    take: ({ guest, workspace_id, token_id }) => guest.client.revoke_token({ workspace_id, token_id }),
    answer: 401,
  },
  'another password, with tokens revoked': {
    take: (scene) => changePassword(scene, { revoke_tokens: true }),
    answer: 401,
  },
  removal: removal && { ...removal, answer: 401 },
  demotion,
  'disabling the account': disabling,
};
const of_bots: Record<string, Loss | undefined> = {
  'removal of the bot': {
    take: ({ host, workspace_id, bot_id }) => host.client.remove_bot({ workspace_id, bot_id }),
    answer: 401,
  },
  'demotion of the bot': {
    take: ({ host, workspace_id, bot_id }) =>
      host.client.update_bot({ workspace_id, bot_id, if_match: '*', body: { role: 'viewer' } }),
    answer: 403,
  },
  'removal of the person': of_tokens['removal'],
  'demotion of the person': demotion,
  'disabling the person’s account': disabling,
};
const casesOf = (by: By, all: Record<string, Loss | undefined>) =>
  Object.entries(all).flatMap(([kind, loss]) => (loss === undefined ? [] : [{ by, kind, ...loss }]));
const cases = [
  ...casesOf('session', losses),
  ...casesOf('token', { ...of_tokens, 'deletion of the workspace': deletion }),
  ...casesOf('bot', of_bots),
];
type Case = (typeof cases)[number];

/** Locks a row as another transaction would. Returns a function that releases it. */
async function lock(text: string, ...values: unknown[]): Promise<() => Promise<void>> {
  const holder = await server.database.owner.connect();
  await holder.query('begin');
  await holder.query(text, values);
  return async () => {
    await holder.query('rollback');
    holder.release();
  };
}

/** Waits until a statement of the server waits for a lock. */
async function someoneWaits(): Promise<void> {
  const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  const waiters = async () => (await server.database.owner.query(waiting)).rows.length;
  await expect.poll(waiters, { timeout: 20_000 }).toBeGreaterThan(0);
}

const move = ({ url }: TestServer, { credential, workspace_id, ticket }: Scene) =>
  conformingClient(url, credential).raw.transition_ticket({
    workspace_id,
    ticket,
    body: { to: 'in_progress' },
  });

const steps = async ({ ticket }: Scene) =>
  (await server.database.owner.query('select 1 from status_history where ticket_id = $1', [ticket])).rows.length;

describe('a write that waits for a lock', () => {
  test.each(cases)(
    'with a $by is refused after $kind, which does not wait for the write',
    async ({ by, take, answer }) => {
      const scene = await setScene(by);
      const release = await lock('select 1 from tickets where id = $1 for update', scene.ticket);
      const write = move(server, scene);
      await someoneWaits();
      await take(scene); // while the ticket is locked
      await release();
      expect((await write).status).toBe(answer);
      expect(await steps(scene)).toBe(0);
    },
  );
});

describe('a right that is restored while a write checks it', () => {
  test('counts: the write succeeds instead of not finding its ticket', async () => {
    const scene = await setScene();
    const { host, guest } = scene;
    // For a caller who was admitted a moment ago, the right is read together with the ticket.
    await guest.client.get_workspace({ workspace_id: scene.workspace_id });
    await host.client.update_member({ if_match: '*', ...member(scene), body: { role: 'viewer' } });
    // The ticket is read before the session, and not locked for a viewer.
    const release = await lock('select 1 from sessions where user_id = $1 for update', guest.user.id);
    const write = move(server, scene);
    await someoneWaits();
    await host.client.update_member({ if_match: '*', ...member(scene), body: { role: 'member' } });
    await release();
    expect((await write).status).toBe(201);
    expect(await steps(scene)).toBe(1);
  });
});

/**
 * Takes a right from somebody whose write is about to commit. Returns whether the loss was acknowledged before the
 * commit.
 */
async function takeUnderWrite(on: TestServer, { by, take }: Case) {
  const scene = await setScene(by);
  // The write has its permission and its ticket when it waits for this row, to set the new status.
  const release = await lock(
    `select 1 from project_statuses where workspace_id = $1 and status = 'in_progress' for update`,
    scene.workspace_id,
  );
  const write = move(on, scene);
  await someoneWaits();
  const loss = take(scene);
  // A short time to show that the real build waits, and a long one for the broken build not to.
  const early = await Promise.race([loss.then(() => true), sleep(on === broken ? patience_ms : 250, false)]);
  await release();
  const { status } = await write;
  await loss;
  return { early, status, steps: await steps(scene) };
}

describe('a loss of rights during a write that is about to commit', () => {
  test.each(cases)('is acknowledged only after the write with a $by: $kind', async (one) => {
    expect(await takeUnderWrite(server, one)).toEqual({ early: false, status: 201, steps: 1 });
  });

  test.each(cases)(
    'control: without the locks, a write with a $by succeeds after $kind was acknowledged',
    async (one) => {
      expect(await takeUnderWrite(broken, one)).toEqual({ early: true, status: 201, steps: 1 });
    },
  );
});
