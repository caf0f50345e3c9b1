import { expect, test } from 'vitest';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { presets } from '../../src/projects/workflow-definition.ts';
import { brokenInvariants } from '../../../proof/harness/invariants.ts';
import { type Patch, startServer, type TestServer } from '../../../proof/harness/server.ts';

// Races that the checks of prove/races don't cover. Each runs twice: on the real server, where its rule holds, and as a
// control on one with a broken statement, where the same check must find a violation.

async function onServer<T>(
  run: (server: TestServer, team: Team) => Promise<T>,
  patch?: Patch,
): Promise<{ result: T; found: Record<string, unknown[]> }> {
  const env = { BATON_POOL_SIZE: '20', LOG_LEVEL: patch === undefined ? 'error' : 'silent' };
  const server = await startServer(env, patch === undefined ? {} : { patch });
  try {
    const result = await run(server, await makeTeam(server, 'standard'));
    return { result, found: await brokenInvariants(server.database.owner) };
  } finally {
    await server.stop();
  }
}

const withoutTicketLock: Patch = (text) => text.replace('for no key update of t', '');

/** Eight writes at once replace each whole value, all based on the same version. Returns how many of each are accepted. */
async function wholeValues(_server: TestServer, team: Team): Promise<Record<string, number>> {
  const { workspace_id, project_id, owner, viewer } = team;
  const { raw } = owner.client;
  const ticket = await makeTicket(team);
  const project = { workspace_id, project_id };
  const { version } = await owner.client.get_workspace({ workspace_id });
  const writes: Record<string, (n: number) => Promise<{ status: number }>> = {
    workspace: (n) => raw.update_workspace({ workspace_id, body: { name: `W ${n}`, version } }),
    project: (n) => raw.update_project({ ...project, body: { name: `P ${n}`, version: 1 } }),
    member: (n) => {
      const role = n % 2 === 0 ? 'member' : 'admin';
      return raw.update_member({ workspace_id, user_id: viewer.user.id, body: { role, version: 1 } });
    },
    me: (n) => raw.update_me({ body: { name: `Me ${n}`, version: 1 } }),
    assignee: (n) => {
      const assignee_id = n % 2 === 0 ? owner.user.id : viewer.user.id;
      return raw.set_assignee({ workspace_id, ticket: ticket.id, body: { assignee_id, version: 1 } });
    },
    // Last, because it also changes the project's version.
    workflow: (n) => {
      const resolutions = [...presets.standard.resolutions, `r${n}`];
      return raw.replace_workflow({ ...project, body: { ...presets.standard, resolutions, version: 1 } });
    },
  };
  const accepted: Record<string, number> = {};
  for (const [what, write] of Object.entries(writes)) {
    const answers = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(write));
    accepted[what] = answers.filter(({ status }) => status === 200).length;
  }
  return accepted;
}

test('if many clients replace a whole value based on the same version, one is accepted', async () => {
  const { result } = await onServer(wholeValues);
  expect(result).toEqual({ workspace: 1, project: 1, member: 1, me: 1, assignee: 1, workflow: 1 });
});

test('control: without the lock of the row, several are accepted', async () => {
  const { result } = await onServer(wholeValues, (text) =>
    text.replace(/for no key update of (w|m|u|t)$/, '').replace(/for update of p$/, ''),
  );
  expect(Math.max(...Object.values(result))).toBeGreaterThan(1);
});

/** Edits of different fields of the same ticket at once, all based on its first version. */
async function edits(_server: TestServer, team: Team): Promise<{ kept: number; accepted: number }> {
  let kept = 0;
  let accepted = 0;
  for (let round = 0; round < 8; round++) {
    const ticket = await makeTicket(team);
    const at = { workspace_id: team.workspace_id, ticket: ticket.id };
    const fields = [{ title: 'T' }, { description: 'D' }, { priority: 'high' as const }, { labels: ['l'] }];
    const answers = await Promise.all(
      fields.map((field) => team.member.client.raw.update_ticket({ ...at, body: { ...field, version: 1 } })),
    );
    accepted += answers.filter(({ status }) => status === 200).length;
    const now = await team.member.client.get_ticket(at);
    kept += [now.title === 'T', now.description === 'D', now.priority === 'high', now.labels[0] === 'l'].filter(
      Boolean,
    ).length;
  }
  return { kept, accepted };
}

test('simultaneous edits of different fields are all accepted and all kept', async () => {
  const { result, found } = await onServer(edits);
  expect(found).toEqual({});
  expect(result).toEqual({ kept: 32, accepted: 32 });
});

test('control: without the row lock, edits are lost, or several create the same version', async () => {
  const { result, found } = await onServer(edits, withoutTicketLock);
  expect({ result, found }).not.toEqual({ result: { kept: 32, accepted: 32 }, found: {} });
});
