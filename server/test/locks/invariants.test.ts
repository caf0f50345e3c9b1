import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { notifyPeople } from '../../../proof/harness/events.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { stopWebhook } from '../../../proof/harness/stops.ts';
import { brokenInvariants, invariants, withSettings } from '../../../proof/harness/invariants.ts';
import { tablesOf } from '../../../proof/harness/tables.ts';
import type { PlanNode } from '../../../proof/harness/plans.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server, 'standard');
  const ticket = await makeTicket(team, { assignee_id: team.member.user.id });
  const at = { workspace_id: team.workspace_id, ticket: ticket.id };
  for (const to of ['in_progress', 'waiting', 'open'])
    await team.member.client.transition_ticket({ ...at, body: { to } });
  const { id: liked } = await team.owner.client.create_comment({ ...at, body: { body: `@${team.member.user.id}` } });
  for (const { client } of [team.admin, team.member])
    await client.add_reaction({ ...at, comment_id: liked, emoji: '👍' });
  await team.member.client.create_view({ workspace_id: team.workspace_id, body: { name: 'Mine', shared: true } });
  await team.member.client.add_attachment({ ...at, name: 'a.txt', body: new Blob(['Bytes']) });
  const { workspace_id } = team;
  const url = 'https://receiver.invalid/';
  const stopped = await team.owner.client.create_webhook({ workspace_id, body: { url, types: ['workspace.deleted'] } });
  await stopWebhook(server.database, { workspace_id, webhook_id: stopped.id });
  await notifyPeople(server.database.url);
  const { id: webhook_id } = await team.owner.client.create_webhook({ workspace_id, body: { url } });
  const range = { from: '0000000000000001', to: '0000000000000003' };
  await team.owner.client.redeliver({ workspace_id, webhook_id, body: range });
  await team.member.client.transition_ticket({ ...at, body: { to: 'closed', resolution: 'fixed', comment: 'Done.' } });
  const { id: comment_id } = await team.member.client.create_comment({ ...at, body: { body: 'A word.' } });
  await team.member.client.update_comment({ ...at, comment_id, body: { body: 'Another.', version: 1 } });
  await team.owner.client.purge_comment({ ...at, comment_id });
});
afterAll(() => server.stop());

const constraints = `
  alter table status_history drop constraint status_history_moves, drop constraint status_history_workflow_fkey,
    drop constraint status_history_pkey, drop constraint status_history_ticket_fkey;
  alter table tickets drop constraint tickets_status_fkey, drop constraint tickets_assignee_fkey;
  drop index events_ticket_version;`;

// Each breaks the data in one way that the schema doesn't prevent here.
const breaks: [name: string, sql: string][] = [
  ['history_is_gap_free', 'delete from status_history where sequence = 2'],
  ['history_is_a_chain', `update status_history set from_status = 'closed' where sequence = 3`],
  ['history_starts_where_the_ticket_started', `update tickets set initial_status = 'waiting'`],
  ['history_ends_where_the_ticket_is', `update tickets set status = 'open'`],
  ['history_is_counted', 'update tickets set status_sequence = 3'],
  ['every_step_was_legal_when_it_was_taken', `update status_history set to_status = 'nowhere' where sequence = 1`],
  ['history_is_of_the_tickets_project', 'update status_history set project_id = ticket_id'],
  [
    'history_times_follow_its_order',
    `update status_history set created_at = created_at - interval '1 day' where sequence = 2`,
  ],
  ['history_lies_within_the_tickets_life', `update status_history set created_at = now() + interval '1 day'`],
  ['current_status_is_in_the_workflow_in_force', `update tickets set status = 'nowhere'`],
  ['resolution_is_the_last_steps', `update tickets set resolution = 'invalid'`],
  ['only_done_tickets_have_a_resolution', `update tickets set status = 'open'`],
  ['resolution_is_in_the_workflow_in_force', `update tickets set resolution = 'meh'`],
  ['statuses_are_those_of_the_workflow_in_force', `delete from project_statuses where status = 'waiting'`],
  ['every_project_has_its_workflow', 'update projects set workflow_version = 9'],
  ['workflow_versions_are_gap_free', 'update workflows set version = 2'],
  ['ticket_numbers_are_dense', 'update projects set last_number = 9'],
  ['assignees_are_members', 'update tickets set assignee_id = id'],
  [
    'open_invitations_are_within_their_inviters_rights',
    `insert into invitations (workspace_id, id, email, role, token_hash, invited_by, expires_at)
     select workspace_id, user_id, 'x@example.com', 'viewer', '\\x00', user_id, now() from memberships where role = 'viewer'`,
  ],
  ['labels_are_written_twice_alike', `update tickets set labels = array['unwritten']`],
  ['each_ticket_is_found_by_its_key', `delete from ticket_words`],
  ['every_workspace_has_an_owner', `update memberships set role = 'admin'`],
  [
    'bots_are_members_or_viewers',
    `with bot as (insert into users (id, name, kind) values (gen_random_uuid(), 'Bot', 'bot') returning id)
     insert into memberships (workspace_id, user_id, role) select m.workspace_id, bot.id, 'owner' from bot,
       (select workspace_id from memberships limit 1) m`,
  ],
  ['memberships_are_written_twice_alike', `delete from user_workspaces where role = 'viewer'`],
  ['each_ticket_version_has_exactly_one_audit_entry', `delete from events where action = 'ticket.created'`],
  ['each_ticket_is_what_its_entries_say', `update tickets set description = 'nobody wrote this'`],
  ['each_ticket_has_its_entries_times', `update tickets set created_at = created_at - interval '1 day'`],
  ['each_step_has_its_audit_entry', `update outbox set action = 'ticket.moved' where action = 'ticket.transitioned'`],
  ['each_comment_has_its_audit_entry', `delete from outbox where action = 'comment.created'`],
  ['each_comment_keeps_every_earlier_text', 'delete from comment_revisions where version = 1'],
  ['each_comment_change_has_its_audit_entry', `delete from outbox where action = 'comment.updated'`],
  ['purged_comments_have_no_text', `update comment_revisions set body = 'still there'`],
  [
    'deleted_comments_have_no_reactions',
    `insert into comment_reactions (workspace_id, ticket_id, comment_id, emoji, user_id, created_at, first_at)
     select workspace_id, ticket_id, id, '👍', author_id, now(), now() from comments where deleted_at is not null`,
  ],
  ['each_emoji_of_a_comment_came_once', 'update comment_reactions set first_at = created_at'],
  [
    'comments_have_at_most_20_emoji',
    `insert into comment_reactions (workspace_id, ticket_id, comment_id, emoji, user_id, created_at, first_at)
     select workspace_id, ticket_id, comment_id, 'emoji ' || n, user_id, created_at + n * interval '1 s', created_at
     from (select * from comment_reactions limit 1) r, generate_series(1, 20) n`,
  ],
  ['each_reaction_is_what_its_entries_say', 'delete from comment_reactions where first_at < created_at'],
  [
    'entries_of_a_subject_are_in_the_order_of_its_versions',
    `update outbox set created_at = created_at + interval '1 hour' where action = 'comment.updated'`,
  ],
  ['events_are_numbered_without_gaps', 'update events set sequence = 1000 where sequence = 4'],
  ['every_workspace_has_a_head', 'delete from event_heads'],
  [
    'each_entry_is_in_one_place',
    `insert into outbox select workspace_id, created_at, id, actor_id, action, subject_type, subject_id, subject_version,
       ticket_id, before, after, request_id, token_id, on_behalf_of from events where sequence = 1`,
  ],
  [
    'numbers_follow_the_versions',
    `update events set sequence = case action when 'ticket.created' then 1000 else sequence end`,
  ],
  ['payloads_are_what_their_hashes_say', `update events set after = '{"status": "closed"}' where sequence = 4`],
  [
    'trees_have_the_hashes_of_their_size',
    `insert into event_nodes select workspace_id, 1, 0, frontier from (
     select workspace_id, substring(frontier, 1, 32) as frontier from event_heads where tree_size > 0) h`,
  ],
  [
    'no_checkpoint_is_ahead_of_its_tree',
    `insert into event_checkpoints select workspace_id, tree_size + 1, '', '' from event_heads`,
  ],
  ['no_delivery_is_forgotten', 'update deliveries set next_attempt_at = null'],
  ['each_delivery_is_of_its_event', 'update deliveries set event_id = gen_random_uuid()'],
  ['what_waits_is_of_a_webhook_that_is_there', 'update webhooks set deleted_at = now()'],
  ['webhooks_are_not_ahead_of_the_events', 'update webhooks set last_sequence = 1000'],
  ['nobody_is_told_of_their_own_act', 'update notifications set actor_id = user_id'],
  ['each_notification_is_of_its_act', 'update notifications set sequence = 1'],
  ['who_is_mentioned_is_told', 'delete from notifications'],
  ['who_may_see_a_webhook_is_told_that_it_stopped', 'delete from notifications'],
  ['notification_places_are_not_ahead_of_the_events', 'update notification_places set last_sequence = 1000'],
  [
    'no_due_ticket_is_forgotten',
    `update notification_places set last_sequence = (select last_sequence from event_heads); delete from outbox; update tickets set due_on = '2100-01-01'`,
  ],
  ['what_is_to_be_mailed_has_a_turn', 'update notifications set to_mail = true'],
  ['accepted_invitations_were_to_their_acceptor', `update invitations set email = 'x@example.com'`],
  [
    'one_live_refresh_token_a_session',
    `insert into refresh_tokens select user_id, session_id, '\\x00' from refresh_tokens`,
  ],
  ['attachments_are_what_their_entries_say', `update attachments set name = 'Other'`],
  ['shared_views_are_what_their_last_entries_say', `update views set name = 'Other'`],
  ['attachments_are_kept_and_nothing_else_is', 'update attachment_files set due_at = now()'],
  ['attachments_are_added_up', 'update attachment_usage set bytes = bytes + 1'],
];

/** Tables whose rows are valid by themselves, which constraints ensure. */
const by_schema_alone = ['api_tokens', 'ticket_texts', 'watchers', 'workspace_usage'];

describe('the invariants', () => {
  test('hold', async () => {
    expect(await brokenInvariants(server.database.owner)).toEqual({});
  });

  test('are each broken by a test here', () => {
    expect(breaks.map(([name]) => name)).toEqual(invariants().map(({ name }) => name));
  });

  test('read every table of the workspaces, except those that the schema alone keeps valid', async () => {
    const all = invariants().map(({ statement }) => statement);
    const tables = await tablesOf(server.database.owner, 'workspace');
    const unread = tables.filter((table) => !all.some((text) => new RegExp(`\\b${table}\\b`).test(text)));
    expect(unread.sort()).toEqual(by_schema_alone);
  });

  test('do not read a table once for each row of another, even without statistics', async () => {
    const reads = (plan: PlanNode): boolean => plan['Relation Name'] !== undefined || (plan.Plans ?? []).some(reads);
    const loops = (plan: PlanNode): boolean =>
      (plan['Node Type'] === 'Nested Loop' && (plan.Plans ?? []).slice(1).some(reads)) ||
      (plan.Plans ?? []).some(loops);
    const slow: string[] = [];
    for (const { name, statement } of invariants()) {
      const [row] = await withSettings(server.database.owner, `explain (format json) ${statement}`);
      if (loops((row as { 'QUERY PLAN': [{ Plan: PlanNode }] })['QUERY PLAN'][0].Plan)) slow.push(name);
    }
    expect(slow).toEqual([]);
  });

  test.each(breaks)('control: a violation of %s is noticed', async (name, sql) => {
    const client = await server.database.owner.connect();
    try {
      await client.query(`begin; ${constraints}`);
      await client.query(sql);
      const statement = invariants().find((one) => one.name === name)?.statement ?? '';
      expect((await client.query(statement)).rows.length).toBeGreaterThan(0);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});
