import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTeam, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { brokenInvariants } from '../../../proof/harness/invariants.ts';
import { presets, type WorkflowDefinition } from './workflow-definition.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
});
afterAll(() => server.stop());

const makeProject = (key: string, workflow: 'strict' | 'standard' | WorkflowDefinition = 'strict') =>
  team.admin.client.create_project({ workspace_id: team.workspace_id, body: { key, name: key, workflow } });

describe('a project', () => {
  test('has a unique key, even if several are created with the same key at once', async () => {
    const { workspace_id, admin } = team;
    const body = { key: 'RACE', name: 'Race', workflow: 'strict' as const };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => admin.client.raw.create_project({ workspace_id, body })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
  });

  test('can be created and changed only by admins, and read only by members', async () => {
    const { workspace_id, project_id, member, viewer, stranger } = team;
    const body = { key: 'NOPE', name: 'No', workflow: 'strict' as const };
    for (const { client } of [member, viewer]) {
      expect((await client.raw.create_project({ workspace_id, body })).status).toBe(403);
      expect(
        (await client.raw.update_project({ if_match: '*', workspace_id, project_id, body: { name: 'X' } })).status,
      ).toBe(403);
      expect((await client.raw.get_project({ workspace_id, project_id })).status).toBe(200);
    }
    expect((await stranger.client.raw.get_project({ workspace_id, project_id })).status).toBe(404);
    const own = await stranger.client.create_workspace({ body: { name: 'Own' } });
    const mixed = await stranger.client.raw.get_project({ workspace_id: own.id, project_id });
    expect(mixed.status).toBe(404);
  });

  test('is found by id and by key, in any letter case, in its own workspace only', async () => {
    const { workspace_id, project_id, member, admin, stranger } = team;
    const project = await member.client.get_project({ workspace_id, project_id });
    for (const ref of ['ENG', 'eng', project_id.toUpperCase()]) {
      expect(await member.client.get_project({ workspace_id, project_id: ref })).toEqual(project);
    }
    const at = { workspace_id, project_id: 'eng' };
    expect((await member.client.get_workflow(at)).project_id).toBe(project_id);
    const ticket = await member.client.create_ticket({ ...at, body: { title: 'By key' } });
    expect(ticket).toMatchObject({ project_id, key: `ENG-${ticket.number}` });
    const ids = async (ref: string) =>
      (await member.client.list_tickets({ workspace_id, project_id: ref })).data.map(({ id }) => id);
    expect(await ids('eng')).toEqual(await ids(project_id));
    expect(await ids('eng')).toContain(ticket.id);
    expect(await ids('NONE')).toEqual([]);
    const renamed = await admin.client.update_project({ if_match: '*', ...at, body: { name: 'Engines' } });
    expect(renamed).toMatchObject({ id: project_id, name: 'Engines' });
    const own = await stranger.client.create_workspace({ body: { name: 'Other' } });
    expect((await stranger.client.raw.get_project({ workspace_id: own.id, project_id: 'ENG' })).status).toBe(404);
  });

  test('that is archived can be read and unarchived, but not written to', async () => {
    const { workspace_id, admin, member } = team;
    const project = await makeProject('ARCH');
    const at = { workspace_id, project_id: project.id };
    const ticket = await member.client.create_ticket({ ...at, body: { title: 'Kept' } });
    await admin.client.archive_project(at);
    const writes = [
      member.client.raw.create_ticket({ ...at, body: { title: 'No' } }),
      member.client.raw.transition_ticket({ workspace_id, ticket: ticket.id, body: { to: 'in_progress' } }),
      member.client.raw.update_ticket({ workspace_id, ticket: ticket.id, body: { title: 'No', version: 1 } }),
      member.client.raw.create_comment({ workspace_id, ticket: ticket.id, body: { body: 'No' } }),
      admin.client.raw.replace_workflow({ if_match: '*', ...at, body: presets.standard }),
    ];
    for (const answer of await Promise.all(writes)) {
      expect(answer).toMatchObject({ status: 409, body: { code: 'project_archived' } });
    }
    expect(await member.client.get_ticket({ workspace_id, ticket: ticket.key })).toMatchObject({
      title: 'Kept',
      allowed_transitions: [],
    });
    const keys = async (archived: 'true' | 'false') =>
      (await member.client.list_projects({ workspace_id, archived })).data.map(({ key }) => key);
    expect(await keys('true')).toEqual(['ARCH']);
    expect(await keys('false')).not.toContain('ARCH');
    await admin.client.update_project({ if_match: '*', ...at, body: { archived: false } });
    expect((await member.client.create_ticket({ ...at, body: { title: 'Yes' } })).number).toBe(2);
  });
});

describe('a workflow', () => {
  test('that a client defines is checked, and the errors point to its faults', async () => {
    const { workspace_id, admin } = team;
    const [open, , , closed] = presets.strict.statuses;
    const workflow = {
      statuses: [open, open, closed],
      initial: ['nowhere'],
      transitions: [
        { from: 'open', to: 'open' },
        { from: 'closed', to: 'open', requires: ['resolution'] },
      ],
    };
    const { status, body } = await admin.client.raw.create_project({
      workspace_id,
      body: { key: 'BAD', name: 'Bad', workflow: workflow as unknown as WorkflowDefinition },
    });
    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain('/workflow');
    const project = await makeProject('GOOD');
    const refused = await admin.client.raw.replace_workflow({
      workspace_id,
      project_id: project.id,
      body: workflow as unknown as WorkflowDefinition,
    });
    expect(refused.status).toBe(422);
    expect((refused.body as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer)).toEqual([
      '/statuses/1/key',
      '/initial/0',
      '/transitions/0/to',
      '/transitions/1/requires',
      '/transitions/1/requires',
      '/statuses/0',
      '/statuses/1',
      '/statuses/2',
    ]);
  });

  test('allows a transition only to its roles and with its required fields', async () => {
    const { workspace_id, admin, member } = team;
    const workflow: WorkflowDefinition = {
      ...presets.strict,
      transitions: [
        { from: 'open', to: 'in_progress', roles: ['owner', 'admin', 'member'], requires: ['assignee_id'] },
        {
          from: 'in_progress',
          to: 'resolved',
          roles: ['owner', 'admin', 'member'],
          requires: ['resolution', 'comment'],
        },
        { from: 'resolved', to: 'closed', roles: ['admin'], requires: [] },
      ],
    };
    const project = await makeProject('ROLES', workflow);
    const { id, key } = await member.client.create_ticket({
      workspace_id,
      project_id: project.id,
      body: { title: 'Held' },
    });
    const move = (by: typeof admin, body: Parameters<typeof admin.client.transition_ticket>[0]['body']) =>
      by.client.raw.transition_ticket({ workspace_id, ticket: key, body });
    expect(await move(member, { to: 'in_progress' })).toMatchObject({
      status: 422,
      body: { code: 'fields_required', missing: ['assignee_id'] },
    });
    await move(member, { to: 'in_progress', assignee_id: member.user.id });
    expect(await move(member, { to: 'resolved' })).toMatchObject({ body: { missing: ['resolution', 'comment'] } });
    expect(await move(member, { to: 'resolved', resolution: 'meh', comment: 'x' })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/resolution' }] },
    });
    await move(member, { to: 'resolved', resolution: 'fixed', comment: 'There.' });
    expect(await move(member, { to: 'closed' })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await member.client.get_ticket({ workspace_id, ticket: id })).allowed_transitions).toEqual([]);
    expect((await admin.client.get_ticket({ workspace_id, ticket: id })).allowed_transitions).toEqual(['closed']);
    expect((await move(admin, { to: 'closed' })).status).toBe(201);
  });

  test('that is replaced keeps the history as it was, and cannot drop a status that tickets have', async () => {
    const { workspace_id, admin, member } = team;
    const project = await makeProject('FLOW', 'standard');
    const at = { workspace_id, project_id: project.id };
    const { key } = await member.client.create_ticket({ ...at, body: { title: 'T' } });
    const ticket = { workspace_id, ticket: key };
    await member.client.transition_ticket({ ...ticket, body: { to: 'waiting' } });
    const before = await member.client.list_transitions(ticket);
    const refused = await admin.client.raw.replace_workflow({ if_match: '*', ...at, body: presets.strict });
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'status_in_use', statuses: [{ status: 'waiting', tickets: 1 }] },
    });
    expect(await admin.client.get_workflow(at)).toMatchObject({ version: 1, ...presets.standard });
    await member.client.transition_ticket({ ...ticket, body: { to: 'in_progress' } });
    await member.client.delete_ticket(ticket);
    const replaced = await admin.client.replace_workflow({ ...at, body: { ...presets.strict, version: 1 } });
    expect(replaced).toMatchObject({ version: 2, ...presets.strict });
    const restored = await member.client.restore_ticket({ workspace_id, ticket: key });
    expect(restored).toMatchObject({ status: 'in_progress', allowed_transitions: ['resolved'] });
    expect((await member.client.list_transitions(ticket)).data.slice(0, 1)).toEqual(before.data);
    const stale = await admin.client.raw.replace_workflow({ ...at, body: { ...presets.standard, version: 1 } });
    expect(stale.status).toBe(409);
    const unmatched = await admin.client.raw.replace_workflow({ ...at, body: presets.standard, if_match: '"1"' });
    expect(unmatched.status).toBe(412);
  });

  test('cannot be replaced if resolutions of tickets would become invalid, unless these are mapped or cleared', async () => {
    const { workspace_id, admin, member } = team;
    const project = await makeProject('STALE', 'standard');
    const at = { workspace_id, project_id: project.id };
    const close = async (resolution: string) => {
      const { key } = await member.client.create_ticket({ ...at, body: { title: 'T' } });
      const ticket = { workspace_id, ticket: key };
      await member.client.transition_ticket({ ...ticket, body: { to: 'resolved', resolution } });
      return ticket;
    };
    const [fixed, invalid, deleted] = [await close('fixed'), await close('invalid'), await close('invalid')];
    await member.client.delete_ticket(deleted);
    const { standard } = presets;
    const undone: WorkflowDefinition = {
      ...standard,
      statuses: standard.statuses.map((one) => (one.key === 'resolved' ? { ...one, category: 'in_progress' } : one)),
      transitions: standard.transitions
        .map((step) => (step.to === 'resolved' ? { ...step, requires: [] } : step))
        .map((step) =>
          step.from === 'resolved' ? { ...step, requires: step.to === 'closed' ? ['resolution'] : [] } : step,
        ),
    };
    const refused = await admin.client.raw.replace_workflow({ if_match: '*', ...at, body: undone });
    expect(refused).toMatchObject({
      status: 409,
      body: {
        code: 'resolution_in_use',
        resolutions: [
          { status: 'resolved', resolution: 'fixed', tickets: 1 },
          { status: 'resolved', resolution: 'invalid', tickets: 2 },
        ],
      },
    });
    expect(await admin.client.get_workflow(at)).toMatchObject({ version: 1 });

    // A dropped resolution is mapped to another one. Tickets with a kept resolution are not changed.
    const fewer = { ...standard, resolutions: standard.resolutions.filter((one) => one !== 'invalid') };
    const dropped = await admin.client.raw.replace_workflow({ if_match: '*', ...at, body: fewer });
    expect(dropped.body).toMatchObject({ resolutions: [{ status: 'resolved', resolution: 'invalid', tickets: 2 }] });
    const bad = { ...fewer, mapping: { resolutions: { invalid: 'nowhere', fixed: null } } };
    expect((await admin.client.raw.replace_workflow({ if_match: '*', ...at, body: bad })).body).toMatchObject({
      errors: [{ pointer: '/mapping/resolutions/invalid' }, { pointer: '/mapping/resolutions/fixed' }],
    });
    await admin.client.replace_workflow({
      if_match: '*',
      ...at,
      body: { ...fewer, mapping: { resolutions: { invalid: 'wont_fix' } } },
    });
    expect(await member.client.get_ticket(invalid)).toMatchObject({ resolution: 'wont_fix', version: 3 });
    expect(await member.client.restore_ticket(deleted)).toMatchObject({ resolution: 'wont_fix', version: 5 });
    expect(await member.client.get_ticket(fixed)).toMatchObject({ resolution: 'fixed', version: 2 });

    await admin.client.replace_workflow({ if_match: '*', ...at, body: { ...undone, on_stale: 'clear' } });
    expect(await member.client.get_ticket(fixed)).toMatchObject({
      ...{ status: 'resolved', status_category: 'in_progress', resolution: null, version: 3 },
    });
    const bare = await member.client.raw.transition_ticket({ ...fixed, body: { to: 'closed' } });
    expect(bare).toMatchObject({ status: 422, body: { code: 'fields_required', missing: ['resolution'] } });
    const { id } = await member.client.get_ticket(fixed);
    const { data } = await admin.client.list_audit({ workspace_id, subject: id });
    expect(data[0]).toMatchObject({
      ...{ action: 'ticket.remapped', subject_version: 3, actor_id: admin.user.id },
      ...{ before: { resolution: 'fixed' }, after: { resolution: null, workflow_version: 3 } },
    });
    expect(await brokenInvariants(server.database.owner)).toEqual({});
  });

  test('that is replaced with a mapping moves the tickets of a dropped status, and records it in their history', async () => {
    const { workspace_id, admin, member } = team;
    const project = await makeProject('MAPPED', 'standard');
    const at = { workspace_id, project_id: project.id };
    const [one, two] = await Promise.all(
      ['T', 'U'].map((title) => member.client.create_ticket({ ...at, body: { title } })),
    );
    const ticket = { workspace_id, ticket: one?.id ?? '' };
    await member.client.transition_ticket({ ...ticket, body: { to: 'waiting' } });
    const before = (await member.client.list_transitions(ticket)).data;
    const body = { ...presets.strict, mapping: { statuses: { waiting: 'in_progress' } } };
    await admin.client.replace_workflow({ if_match: '*', ...at, body });
    const after = (await member.client.list_transitions(ticket)).data;
    expect(after.slice(0, 1)).toEqual(before);
    expect(after[1]).toMatchObject({
      ...{ sequence: 2, from_status: 'waiting', to_status: 'in_progress', remapped: true, actor_id: admin.user.id },
    });
    expect(await member.client.get_ticket(ticket)).toMatchObject({ status: 'in_progress', version: 3 });
    expect(await member.client.get_ticket({ workspace_id, ticket: two?.id ?? '' })).toEqual(
      expect.objectContaining({ status: 'open', version: 1 }),
    );
    await member.client.transition_ticket({ ...ticket, body: { to: 'resolved' } });
    expect(await brokenInvariants(server.database.owner)).toEqual({});
  });

  test('cannot be replaced without a mapping even if the dropped names are those of JavaScript properties', async () => {
    const { workspace_id, admin } = team;
    const standing = (key: string) => ({
      statuses: [
        { key: 'todo', name: 'To do', category: 'todo' as const },
        { key, name: 'Done', category: 'done' as const },
      ],
      initial: ['todo'],
      transitions: [{ from: 'todo', to: key }],
    });
    const was = { ...standing('constructor'), resolutions: ['constructor'] };
    const { id: project_id } = await makeProject('PROTO', was as WorkflowDefinition);
    const { key: ticket } = await admin.client.create_ticket({ workspace_id, project_id, body: { title: 'T' } });
    const body = { to: 'constructor', resolution: 'constructor' };
    await admin.client.transition_ticket({ workspace_id, ticket, body });
    const replace = (definition: object) =>
      admin.client.raw.replace_workflow({ if_match: '*', workspace_id, project_id, body: definition as typeof was });
    expect((await replace({ ...standing('done'), resolutions: ['constructor'] })).body).toMatchObject({
      code: 'status_in_use',
      statuses: [{ status: 'constructor', tickets: 1 }],
    });
    expect((await replace({ ...standing('constructor'), resolutions: [] })).body).toMatchObject({
      code: 'resolution_in_use',
      resolutions: [{ status: 'constructor', resolution: 'constructor', tickets: 1 }],
    });
    for (const field of ['statuses', 'resolutions']) {
      const mapping = { [field]: { ['__proto__']: 'done' } };
      expect((await replace({ ...standing('done'), resolutions: [], mapping })).body).toMatchObject({
        code: 'validation_failed',
        errors: [{ pointer: `/mapping/${field}/__proto__` }],
      });
    }
  });

  test('that is replaced while tickets move into a dropped status leaves none of them there', async () => {
    const { workspace_id, admin, member } = team;
    for (let round = 0; round < 6; round++) {
      const project = await makeProject(`R${round}`, 'standard');
      const at = { workspace_id, project_id: project.id };
      const { key } = await member.client.create_ticket({ ...at, body: { title: 'T' } });
      const [moved, replaced] = await Promise.all([
        member.client.raw.transition_ticket({ workspace_id, ticket: key, body: { to: 'waiting' } }),
        admin.client.raw.replace_workflow({ if_match: '*', ...at, body: presets.strict }),
      ]);
      // The later request was refused because of the earlier one.
      expect([[201, 409].join(), [422, 200].join()]).toContain([moved.status, replaced.status].join());
    }
  });

  test('lets tickets start in any of its initial statuses, by default in the first', async () => {
    const { workspace_id, member } = team;
    const project = await makeProject('START', { ...presets.standard, initial: ['open', 'waiting'] });
    const at = { workspace_id, project_id: project.id };
    const status = async (body: { title: string; status?: string }) => member.client.raw.create_ticket({ ...at, body });
    expect((await status({ title: 'T' })).body).toMatchObject({ status: 'open' });
    expect((await status({ title: 'T', status: 'waiting' })).body).toMatchObject({ status: 'waiting' });
    expect((await status({ title: 'T', status: 'closed' })).status).toBe(422);
  });
});
