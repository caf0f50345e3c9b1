import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BatonClient, RawResponse } from '../../../sdk/index.ts';
import { contracts } from '../../src/contracts.ts';
import { presets } from '../../src/projects/workflow-definition.ts';
import { makeTeam, type Team } from '../harness/make.ts';
import { startServer, type TestServer } from '../harness/server.ts';

// What many operations refuse alike, asked of each that declares it. `npm test` counts which declared errors no test got.

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
});
afterAll(() => server.stop());

/** The operations that declare this error for themselves. */
function declaring(code: string): string[] {
  return contracts.flatMap(({ id, ...operation }) => {
    const { errors = [] } = operation as { errors?: readonly string[] };
    return errors.includes(code) ? [id] : [];
  });
}

type Raw = BatonClient['raw'];
type Calls = Record<string, (raw: Raw) => Promise<RawResponse>>;

async function expectOfAll(calls: Calls, refused: { status: number; code: string }): Promise<void> {
  expect(Object.keys(calls).sort()).toEqual(declaring(refused.code).sort());
  for (const [operation, call] of Object.entries(calls)) {
    const { status, body } = await call(team.owner.client.raw);
    expect([operation, status, (body as { code?: string } | undefined)?.code]).toEqual([
      operation,
      refused.status,
      refused.code,
    ]);
  }
}

/** A project of its own with a ticket, a deleted one, and a comment. */
async function makeProject(key: string) {
  const { workspace_id, owner } = team;
  const { id: project_id } = await owner.client.create_project({ workspace_id, body: { key, name: key } });
  const create = () => owner.client.create_ticket({ workspace_id, project_id, body: { title: 'T' } });
  const [{ id: ticket }, { id: deleted }] = [await create(), await create()];
  await owner.client.delete_ticket({ workspace_id, ticket: deleted });
  const at = { workspace_id, ticket };
  const { id: comment_id } = await owner.client.create_comment({ ...at, body: { body: 'c' } });
  return { workspace_id, project: { workspace_id, project_id }, at, deleted, place: { ...at, comment_id } };
}

describe('every operation that declares it', () => {
  test('refuses a cursor that is not its own', async () => {
    const { workspace_id, project, place } = await makeProject('LIST');
    const ids = { workspace_id, project_id: project.project_id, ticket: place.ticket, comment_id: place.comment_id };
    const calls = Object.fromEntries(
      declaring('invalid_cursor').map((id) => {
        const { path } = contracts.find((contract) => contract.id === id) ?? { path: '' };
        const needed = Object.entries(ids).filter(([name]) => path.includes(`{${name}}`));
        const input = { ...Object.fromEntries(needed), cursor: 'nonsense' };
        return [id, (raw: Raw) => (raw[id as 'list_audit'] as (given: object) => Promise<RawResponse>)(input)];
      }),
    );
    await expectOfAll(calls, { status: 400, code: 'invalid_cursor' });
  });

  test('refuses to write in an archived project', async () => {
    const { workspace_id, project, at, deleted, place } = await makeProject('ARCHIVED');
    await team.owner.client.archive_project(project);
    const calls: Calls = {
      replace_workflow: (raw) => raw.replace_workflow({ ...project, body: presets.strict }),
      create_ticket: (raw) => raw.create_ticket({ ...project, body: { title: 'T' } }),
      update_ticket: (raw) => raw.update_ticket({ ...at, body: { title: 'U', version: 1 } }),
      delete_ticket: (raw) => raw.delete_ticket(at),
      restore_ticket: (raw) => raw.restore_ticket({ workspace_id, ticket: deleted }),
      set_assignee: (raw) => raw.set_assignee({ ...at, body: { assignee_id: null } }),
      transition_ticket: (raw) => raw.transition_ticket({ ...at, body: { to: 'in_progress' } }),
      create_comment: (raw) => raw.create_comment({ ...at, body: { body: 'c' } }),
      update_comment: (raw) => raw.update_comment({ ...place, body: { body: 'd', version: 1 } }),
      delete_comment: (raw) => raw.delete_comment(place),
    };
    await expectOfAll(calls, { status: 409, code: 'project_archived' });
  });

  test('refuses what is based on another version', async () => {
    const { workspace_id, project, at, place } = await makeProject('STALE');
    const version = 9;
    const calls: Calls = {
      update_workspace: (raw) => raw.update_workspace({ workspace_id, body: { name: 'N', version } }),
      update_project: (raw) => raw.update_project({ ...project, body: { name: 'N', version } }),
      replace_workflow: (raw) => raw.replace_workflow({ ...project, body: { ...presets.strict, version } }),
      update_ticket: (raw) => raw.update_ticket({ ...at, body: { title: 'U', version } }),
      restore_ticket: (raw) => raw.restore_ticket(at), // it is not deleted
      set_assignee: (raw) => raw.set_assignee({ ...at, body: { assignee_id: null, version } }),
      transition_ticket: (raw) => raw.transition_ticket({ ...at, body: { to: 'in_progress', version } }),
      update_comment: (raw) => raw.update_comment({ ...place, body: { body: 'd', version } }),
    };
    await expectOfAll(calls, { status: 409, code: 'conflict' });
  });
});
