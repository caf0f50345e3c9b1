-- What must hold of the data at any moment: each statement lists violations, and returns none on a sound database.
-- Run as a superuser, or with BYPASSRLS. Each begins with its name in a comment, `-- name: …`.
-- All are in this one file, which psql runs as it is, with the settings below once for all of them.

-- Anybody else is told so, rather than shown nothing: row-level security binds even the owner of the tables.
set row_security = off;
-- Each compares whole tables. Without statistics, as after a restore, the planner takes them for small and loops.
set enable_nestloop = off;

-- name: history_is_gap_free
select workspace_id, ticket_id, 'sequences ' || array_agg(sequence order by sequence)::text as violation
from status_history
group by workspace_id, ticket_id
having min(sequence) <> 1 or max(sequence) <> count(*);

-- name: history_is_a_chain
select h.workspace_id, h.ticket_id, 'step ' || h.sequence || ' leaves ' || h.from_status || ', not ' || p.to_status as violation
from status_history h
join status_history p
  on p.workspace_id = h.workspace_id and p.ticket_id = h.ticket_id and p.sequence = h.sequence - 1
where p.to_status <> h.from_status;

-- name: history_starts_where_the_ticket_started
select h.workspace_id, h.ticket_id, 'first step leaves ' || h.from_status as violation
from status_history h
join tickets t on t.workspace_id = h.workspace_id and t.id = h.ticket_id
where h.sequence = 1 and h.from_status <> t.initial_status;

-- name: history_ends_where_the_ticket_is
select t.workspace_id, t.id as ticket_id, 'is ' || t.status || ', last step went to ' || coalesce(h.to_status, 'nowhere') as violation
from tickets t
left join status_history h
  on h.workspace_id = t.workspace_id and h.ticket_id = t.id and h.sequence = t.status_sequence
where t.status <> coalesce(h.to_status, t.initial_status) or (t.status_sequence > 0 and h.sequence is null);

-- name: history_is_counted
select t.workspace_id, t.id as ticket_id, 'counts ' || t.status_sequence || ' steps' as violation
from tickets t
where t.status_sequence <> (
  select count(*) from status_history h where h.workspace_id = t.workspace_id and h.ticket_id = t.id);

-- name: every_step_was_legal_when_it_was_taken
select h.workspace_id, h.ticket_id, 'step ' || h.sequence || ': ' || h.from_status || ' to ' || h.to_status as violation
from status_history h
join workflows w
  on w.workspace_id = h.workspace_id and w.project_id = h.project_id and w.version = h.workflow_version
where case
  when h.remapped then not w.definition -> 'statuses' @> jsonb_build_array(jsonb_build_object('key', h.to_status))
  else not exists (
    select 1 from jsonb_array_elements(w.definition -> 'transitions') step
    where step ->> 'from' = h.from_status and step ->> 'to' = h.to_status)
  end;

-- name: history_is_of_the_tickets_project
select h.workspace_id, h.ticket_id, 'history of project ' || h.project_id as violation
from status_history h
join tickets t on t.workspace_id = h.workspace_id and t.id = h.ticket_id
where t.project_id <> h.project_id;

-- name: history_times_follow_its_order
select h.workspace_id, h.ticket_id, 'step ' || h.sequence || ' is not later than the one before' as violation
from status_history h
join status_history p
  on p.workspace_id = h.workspace_id and p.ticket_id = h.ticket_id and p.sequence = h.sequence - 1
where h.created_at <= p.created_at;

-- name: history_lies_within_the_tickets_life
select h.workspace_id, h.ticket_id, 'step ' || h.sequence || ' at ' || h.created_at as violation
from status_history h
join tickets t on t.workspace_id = h.workspace_id and t.id = h.ticket_id
where h.created_at < t.created_at or h.created_at > t.updated_at;

-- name: current_status_is_in_the_workflow_in_force
select t.workspace_id, t.id as ticket_id, 'status ' || t.status as violation
from tickets t
join projects p on p.workspace_id = t.workspace_id and p.id = t.project_id
join workflows w
  on w.workspace_id = p.workspace_id and w.project_id = p.id and w.version = p.workflow_version
where not exists (
  select 1 from jsonb_array_elements(w.definition -> 'statuses') s where s ->> 'key' = t.status);

-- name: resolution_is_the_last_steps
select t.workspace_id, t.id as ticket_id, 'resolution ' || coalesce(t.resolution, 'none') as violation
from tickets t
left join status_history h
  on h.workspace_id = t.workspace_id and h.ticket_id = t.id and h.sequence = t.status_sequence
left join (
  select distinct on (a.workspace_id, a.subject_id) a.workspace_id, a.subject_id, a.created_at,
    a.after ->> 'resolution' as resolution
  from audit_log a
  where a.action = 'ticket.remapped' and a.after ? 'resolution'
  order by a.workspace_id, a.subject_id, a.subject_version desc) r
  on r.workspace_id = t.workspace_id and r.subject_id = t.id and r.created_at >= coalesce(h.created_at, t.created_at)
where t.resolution is distinct from case when r.subject_id is null then h.resolution else r.resolution end;

-- name: only_done_tickets_have_a_resolution
select t.workspace_id, t.id as ticket_id, t.status || ' with resolution ' || t.resolution as violation
from tickets t
join projects p on p.workspace_id = t.workspace_id and p.id = t.project_id
join workflows w
  on w.workspace_id = p.workspace_id and w.project_id = p.id and w.version = p.workflow_version
where t.resolution is not null
  and not w.definition -> 'statuses' @> jsonb_build_array(jsonb_build_object('key', t.status, 'category', 'done'));

-- name: resolution_is_in_the_workflow_in_force
select t.workspace_id, t.id as ticket_id, 'resolution ' || t.resolution as violation
from tickets t
join projects p on p.workspace_id = t.workspace_id and p.id = t.project_id
join workflows w
  on w.workspace_id = p.workspace_id and w.project_id = p.id and w.version = p.workflow_version
where t.resolution is not null and not w.definition -> 'resolutions' @> to_jsonb(t.resolution);

-- name: statuses_are_those_of_the_workflow_in_force
select p.workspace_id, p.id as project_id, 'status ' || coalesce(s.status, d.key) as violation
from projects p
join workflows w
  on w.workspace_id = p.workspace_id and w.project_id = p.id and w.version = p.workflow_version
cross join lateral (
  select x ->> 'key' as key, x ->> 'category' as category from jsonb_array_elements(w.definition -> 'statuses') x) d
full join project_statuses s
  on s.workspace_id = p.workspace_id and s.project_id = p.id and s.status = d.key
where s.status is null or d.key is null or s.category <> d.category;

-- name: every_project_has_its_workflow
select p.workspace_id, p.id as project_id, 'workflow version ' || p.workflow_version as violation
from projects p
left join workflows w
  on w.workspace_id = p.workspace_id and w.project_id = p.id and w.version = p.workflow_version
where w.version is null;

-- name: workflow_versions_are_gap_free
select workspace_id, project_id, 'versions ' || array_agg(version order by version)::text as violation
from workflows
group by workspace_id, project_id
having min(version) <> 1 or max(version) <> count(*);

-- name: ticket_numbers_are_dense
select p.workspace_id, p.id as project_id, 'last ' || p.last_number || ', tickets ' || count(t.id) as violation
from projects p
left join tickets t on t.workspace_id = p.workspace_id and t.project_id = p.id
group by p.workspace_id, p.id
having count(t.id) <> p.last_number or coalesce(max(t.number), 0) <> p.last_number;

-- A former member's tickets are taken from them in batches: until the last, their cleanup stands.
-- name: assignees_are_members
select t.workspace_id, t.id as ticket_id, 'assignee ' || t.assignee_id as violation
from tickets t
left join memberships m on m.workspace_id = t.workspace_id and m.user_id = t.assignee_id
left join membership_cleanups c on c.workspace_id = t.workspace_id and c.user_id = t.assignee_id
where t.assignee_id is not null
  and (m.user_id is null or (m.removed_at is not null and c.user_id is null));

-- name: open_invitations_are_within_their_inviters_rights
select i.workspace_id, i.id as invitation_id, 'role ' || i.role || ' by ' || i.invited_by as violation
from invitations i
left join memberships m on m.workspace_id = i.workspace_id and m.user_id = i.invited_by and m.removed_at is null
left join membership_cleanups c on c.workspace_id = i.workspace_id and c.user_id = i.invited_by
where i.accepted_at is null and i.revoked_at is null and c.user_id is null
  and (m.role is null or not (m.role = 'owner' or (m.role = 'admin' and i.role <> 'owner')));

-- name: labels_are_written_twice_alike
select coalesce(t.workspace_id, l.workspace_id) as workspace_id, coalesce(t.id, l.ticket_id) as ticket_id,
  'label ' || coalesce(t.label, l.label) as violation
from (select workspace_id, id, unnest(labels) as label, created_at from tickets) t
full join ticket_labels l
  on l.workspace_id = t.workspace_id and l.ticket_id = t.id and l.label = t.label and l.created_at = t.created_at
where t.id is null or l.ticket_id is null;

-- name: each_ticket_is_found_by_its_key
select t.workspace_id, t.id as ticket_id, 'key ' || p.key || '-' || t.number as violation
from tickets t
join projects p on p.workspace_id = t.workspace_id and p.id = t.project_id
join audit_log c
  on c.workspace_id = t.workspace_id and c.subject_id = t.id and c.action = 'ticket.created' and c.after ? 'reporter_id'
left join ticket_words w
  on w.workspace_id = t.workspace_id and w.ticket_id = t.id and w.word = lower(p.key collate "C") || '-' || t.number
where w.word is null;

-- name: every_workspace_has_an_owner
select w.id as workspace_id, 'no owner' as violation
from workspaces w
where w.deleted_at is null and not exists (
  select 1 from memberships m where m.workspace_id = w.id and m.role = 'owner' and m.removed_at is null);

-- name: bots_are_members_or_viewers
select m.workspace_id, m.user_id, m.role as violation
from memberships m
join users u on u.id = m.user_id and u.kind = 'bot'
where m.role not in ('member', 'viewer');

-- name: memberships_are_written_twice_alike
select coalesce(m.workspace_id, u.workspace_id) as workspace_id, 'user ' || coalesce(m.user_id, u.user_id) as violation
from (select * from memberships where removed_at is null) m
full join user_workspaces u on u.workspace_id = m.workspace_id and u.user_id = m.user_id
where m.role is distinct from u.role;

-- name: each_ticket_version_has_exactly_one_audit_entry
select t.workspace_id, t.id as ticket_id, 'version ' || t.version || ', entries ' || count(a.id) as violation
from tickets t
left join audit_log a on a.workspace_id = t.workspace_id and a.subject_id = t.id and a.subject_type = 'ticket'
  and a.subject_version is not null -- to be placed is no new version
group by t.workspace_id, t.id, t.version
having count(a.id) <> t.version or min(a.subject_version) <> 1 or max(a.subject_version) <> t.version;

-- A ticket is made again from its entries, and compared: each field is what the last entry with it says. Long texts are
-- known by their hash, purged ones not at all. Tickets of 0.1.0 have no whole entry of their creation.
-- name: each_ticket_is_what_its_entries_say
with whole as (
  select c.workspace_id, c.subject_id from audit_log c where c.action = 'ticket.created' and c.after ? 'reporter_id'),
last as (
  select distinct on (a.workspace_id, a.subject_id, f.key) a.workspace_id, a.subject_id, f.key, f.value
  from whole
  join audit_log a
    on a.workspace_id = whole.workspace_id and a.subject_id = whole.subject_id and a.subject_type = 'ticket'
  cross join lateral jsonb_each(a.after) f
  order by a.workspace_id, a.subject_id, f.key, a.created_at desc),
made as (
  select workspace_id, subject_id, jsonb_object_agg(key, value) as fields from last group by workspace_id, subject_id)
select t.workspace_id, t.id as ticket_id, f.key || ' is ' || left(f.value::text, 100) || ', entries say '
  || coalesce(left((m.fields -> f.key)::text, 100), 'nothing') as violation
from made m
join tickets t on t.workspace_id = m.workspace_id and t.id = m.subject_id
cross join lateral jsonb_each(to_jsonb(t) - '{workspace_id,id,initial_status,status_sequence,version,created_at,updated_at,placed_rank,placed_at}'::text[]) f
where case f.key
  when 'deleted_at' then (m.fields ->> f.key)::timestamptz is distinct from t.deleted_at
  when 'title' then m.fields -> f.key not in ('null', f.value)
  when 'description' then m.fields -> f.key not in ('null', f.value)
    and m.fields #>> '{description,sha256}' is distinct from encode(sha256(convert_to(t.description, 'UTF8')), 'hex')
  when 'rank' then t.rank <> coalesce(m.fields ->> 'rank', lpad(to_hex(2147483647 - t.number), 8, '0') || 'V')
  else coalesce(m.fields -> f.key, 'null') <> f.value -- entries from before a column was added don't have it
  end;

-- name: each_ticket_has_its_entries_times
select t.workspace_id, t.id as ticket_id, 'created ' || t.created_at || ', updated ' || t.updated_at as violation
from tickets t
join audit_log c
  on c.workspace_id = t.workspace_id and c.subject_id = t.id and c.action = 'ticket.created' and c.after ? 'reporter_id'
join audit_log u on u.workspace_id = t.workspace_id and u.subject_id = t.id and u.subject_type = 'ticket'
  and u.subject_version = t.version
where c.created_at <> t.created_at or u.created_at <> t.updated_at;

-- name: each_step_has_its_audit_entry
select t.workspace_id, t.id as ticket_id, 'steps ' || t.status_sequence || ', entries ' || count(a.id) as violation
from tickets t
left join audit_log a
  on a.workspace_id = t.workspace_id and a.subject_id = t.id
  and (a.action = 'ticket.transitioned' or a.action = 'ticket.remapped' and a.after ? 'status')
group by t.workspace_id, t.id, t.status_sequence
having count(a.id) <> t.status_sequence;

-- A comment that a step brought in 0.1.0 has only the step's.
-- name: each_comment_has_its_audit_entry
select c.workspace_id, c.ticket_id, 'comment ' || c.id as violation
from comments c
where not exists (
    select 1 from audit_log a
    where a.workspace_id = c.workspace_id and a.subject_id = c.id and a.action = 'comment.created')
  and not exists (
    select 1 from status_history h
    where h.workspace_id = c.workspace_id and h.ticket_id = c.ticket_id and h.comment_id = c.id);

-- name: each_comment_keeps_every_earlier_text
select c.workspace_id, c.ticket_id, 'comment ' || c.id || ', version ' || c.version || ', revisions ' || count(r.version) as violation
from comments c
left join comment_revisions r
  on r.workspace_id = c.workspace_id and r.ticket_id = c.ticket_id and r.comment_id = c.id
group by c.workspace_id, c.ticket_id, c.id, c.version
having count(r.version) <> c.version - 1 or coalesce(max(r.version), 0) <> c.version - 1;

-- name: each_comment_change_has_its_audit_entry
select c.workspace_id, c.ticket_id, 'comment ' || c.id || ', version ' || c.version || ', entries ' || count(a.id) as violation
from comments c
left join audit_log a
  on a.workspace_id = c.workspace_id and a.subject_id = c.id
  and a.action in ('comment.updated', 'comment.deleted', 'comment.purged')
group by c.workspace_id, c.ticket_id, c.id, c.version
having count(a.id) <> c.version - 1;

-- name: purged_comments_have_no_text
select c.workspace_id, c.ticket_id, 'comment ' || c.id || ', version ' || r.version as violation
from comments c
join comment_revisions r
  on r.workspace_id = c.workspace_id and r.ticket_id = c.ticket_id and r.comment_id = c.id
where c.purged_at is not null and (r.body <> '' or c.body <> '');

-- name: deleted_comments_have_no_reactions
select c.workspace_id, c.ticket_id, 'comment ' || c.id || ', ' || r.emoji as violation
from comments c
join comment_reactions r
  on r.workspace_id = c.workspace_id and r.ticket_id = c.ticket_id and r.comment_id = c.id
where c.deleted_at is not null;

-- name: each_emoji_of_a_comment_came_once
select r.workspace_id, r.ticket_id, 'comment ' || r.comment_id || ', ' || r.emoji as violation
from comment_reactions r
group by r.workspace_id, r.ticket_id, r.comment_id, r.emoji
having min(r.first_at) <> max(r.first_at);

-- name: comments_have_at_most_20_emoji
select r.workspace_id, r.ticket_id, 'comment ' || r.comment_id || ', emoji ' || count(distinct r.emoji) as violation
from comment_reactions r
group by r.workspace_id, r.ticket_id, r.comment_id
having count(distinct r.emoji) > 20;

-- Given and taken back by turns: a request that changes nothing leaves no entry. With a deleted comment its reactions went, too.
-- name: each_reaction_is_what_its_entries_say
select coalesce(r.workspace_id, e.workspace_id) as workspace_id, coalesce(r.ticket_id, e.ticket_id) as ticket_id,
  'comment ' || coalesce(r.comment_id, e.comment_id) || ', ' || coalesce(r.emoji, e.emoji) || ' by ' || coalesce(r.user_id, e.user_id)
    || ', added less removed ' || coalesce(e.n, 0) as violation
from comment_reactions r
full join (
  select a.workspace_id, a.ticket_id, a.subject_id as comment_id, a.actor_id as user_id,
    coalesce(a.after, a.before) ->> 'emoji' as emoji, sum(case a.action when 'comment.reaction_added' then 1 else -1 end) as n
  from audit_log a
  join comments c
    on c.workspace_id = a.workspace_id and c.ticket_id = a.ticket_id and c.id = a.subject_id and c.deleted_at is null
  where a.action in ('comment.reaction_added', 'comment.reaction_removed')
  group by 1, 2, 3, 4, 5) e
  on e.workspace_id = r.workspace_id and e.ticket_id = r.ticket_id and e.comment_id = r.comment_id and e.user_id = r.user_id
  and e.emoji = r.emoji
where coalesce(e.n, 0) <> case when r.emoji is null then 0 else 1 end;

-- Of what is not a ticket, entries from before 0013_times_of_entries have the times at which their transactions began.
-- name: entries_of_a_subject_are_in_the_order_of_its_versions
select e.workspace_id, e.subject_id, e.action || ', version ' || e.subject_version || ', at ' || e.created_at as violation
from (
  select workspace_id, subject_id, subject_type, subject_version, action, created_at,
    lag(created_at) over (partition by workspace_id, subject_type, subject_id order by subject_version) as before
  from audit_log
  where subject_version is not null) e
where e.created_at <= e.before and (e.subject_type = 'ticket'
  or e.before > (select run_on from pgmigrations where name = '0013_times_of_entries'));

-- name: events_are_numbered_without_gaps
select coalesce(h.workspace_id, e.workspace_id) as workspace_id,
  'last ' || coalesce(h.last_sequence::text, 'unknown') || ', events ' || coalesce(e.n, 0) || ' up to ' || coalesce(e.last, 0) as violation
from event_heads h
full join (
  select workspace_id, count(*) as n, min(sequence) as first, max(sequence) as last from events group by workspace_id) e
  on e.workspace_id = h.workspace_id
where h.last_sequence is distinct from coalesce(e.n, 0) or e.first <> 1 or e.last <> e.n;

-- name: every_workspace_has_a_head
select w.id as workspace_id, 'no head' as violation
from (select id from workspaces union select workspace_id from outbox) w
left join event_heads h on h.workspace_id = w.id
where h.workspace_id is null;

-- name: each_entry_is_in_one_place
select workspace_id, 'entry ' || id || ', ' || count(*) || ' times' as violation
from audit_log
group by workspace_id, id
having count(*) > 1;

-- Numbered or not: what has no number yet comes last.
-- name: numbers_follow_the_versions
select e.workspace_id, e.subject_id, e.action || ', version ' || e.subject_version || ', number '
  || coalesce(e.sequence::text, 'none') as violation
from (
  select workspace_id, subject_id, subject_type, subject_version, action, created_at, sequence,
    lag(created_at) over subject as before, lag(sequence) over subject as last, lag(subject_version) over subject as earlier
  from audit_log
  where subject_version is not null
  window subject as (partition by workspace_id, subject_type, subject_id order by subject_version)) e
where e.earlier is not null and (e.sequence < e.last or (e.sequence is not null and e.last is null))
  and (e.subject_type = 'ticket' or e.before > (select run_on from pgmigrations where name = '0013_times_of_entries'));

-- name: payloads_are_what_their_hashes_say
select e.workspace_id, 'event ' || e.sequence as violation
from events e
where e.salt is not null and e.payload_hash <> event_payload_hash(e.salt, event_payload(e.before, e.after, e.request_id));

-- The frontier has a hash for each one in the size's binary digits. The worker may be adding events from before there was a tree.
-- name: trees_have_the_hashes_of_their_size
select h.workspace_id, 'tree of ' || h.tree_size || ' at level ' || h.level as violation
from (select workspace_id, tree_size, frontier, generate_series(0, 6) as level from event_heads) h
left join (select workspace_id, level, count(*) as n, max(position) as last from event_nodes group by workspace_id, level) n
  on n.workspace_id = h.workspace_id and n.level = h.level
where case h.level
  when 0 then octet_length(h.frontier) <> 32 * bit_count(int8send(h.tree_size))
  else coalesce(n.n, 0) <> h.tree_size >> (8 * h.level) or n.last >= h.tree_size >> (8 * h.level) end;

-- name: no_checkpoint_is_ahead_of_its_tree
select c.workspace_id, 'checkpoint of ' || c.size as violation
from event_checkpoints c
left join event_heads h on h.workspace_id = c.workspace_id
where h.workspace_id is null or c.size > h.tree_size;

-- The first of a subject's that is unfinished: nothing would make it due any more.
-- name: no_delivery_is_forgotten
select d.workspace_id, d.webhook_id, 'event ' || d.sequence || ' is never due' as violation
from (
  select workspace_id, webhook_id, sequence, next_attempt_at,
    row_number() over (partition by workspace_id, webhook_id, subject_id order by sequence) as place
  from deliveries where finished_at is null) d
where d.place = 1 and d.next_attempt_at is null;

-- name: each_delivery_is_of_its_event
select d.workspace_id, d.webhook_id, 'delivery of event ' || d.sequence as violation
from deliveries d
left join events e on e.workspace_id = d.workspace_id and e.sequence = d.sequence
where d.finished_at is null and (e.id is distinct from d.event_id or coalesce(e.ticket_id, e.subject_id) <> d.subject_id);

-- name: what_waits_is_of_a_webhook_that_is_there
select d.workspace_id, d.webhook_id, 'delivery of event ' || d.sequence as violation
from deliveries d
left join webhooks w on w.workspace_id = d.workspace_id and w.id = d.webhook_id and w.deleted_at is null
where d.finished_at is null and w.id is null;

-- name: webhooks_are_not_ahead_of_the_events
select w.workspace_id, w.id as webhook_id, 'at ' || w.last_sequence || ' of ' || h.last_sequence as violation
from webhooks w
join event_heads h on h.workspace_id = w.workspace_id
where w.last_sequence > h.last_sequence;

-- name: nobody_is_told_of_their_own_act
select n.workspace_id, n.user_id, n.id as violation from notifications n where n.actor_id = n.user_id;

-- name: each_notification_is_of_its_act
select n.workspace_id, n.user_id, n.id as violation
from notifications n
left join events e on e.workspace_id = n.workspace_id and e.sequence = n.sequence
where (n.actor_id is not null or n.webhook_id is not null) and (e.created_at is distinct from n.happened_at or case when n.webhook_id is null
    then e.actor_id is distinct from n.actor_id
      or case when e.subject_type = 'ticket' then e.subject_id else e.ticket_id end is distinct from n.ticket_id
    else n.actor_id is not null or e.action not in ('webhook.paused', 'webhook.disabled') or e.subject_id <> n.webhook_id end);

-- Of what can be told from here: of the last day, to members who were never away and never changed what they want to know.
-- name: who_is_mentioned_is_told
with mentioned as (
  select e.workspace_id, e.sequence, e.ticket_id, e.actor_id, e.created_at, jsonb_array_elements_text(e.after -> 'mentions')::uuid as user_id
  from events e
  where e.action in ('comment.created', 'comment.updated') and e.created_at > now() - interval '1 day')
select x.workspace_id, x.user_id, 'event ' || x.sequence as violation
from mentioned x
join notification_places p on p.workspace_id = x.workspace_id
join memberships m on m.workspace_id = x.workspace_id and m.user_id = x.user_id
left join notification_settings s on s.workspace_id = x.workspace_id and s.user_id = x.user_id
left join notifications n on n.workspace_id = x.workspace_id and n.user_id = x.user_id and n.ticket_id = x.ticket_id
  and n.happened_at = x.created_at and n.actor_id = x.actor_id
where x.sequence <= p.last_sequence and m.removed_at is null and m.joined = 1 and x.user_id <> x.actor_id and s.user_id is null
  and m.created_at <= x.created_at and (n.id is null or not 'mentioned' = any (n.kinds));

-- The same of whom a stopped webhook concerns: of those whose role has never changed.
-- name: who_may_see_a_webhook_is_told_that_it_stopped
with stopped as (
  select e.workspace_id, e.sequence, e.subject_id as webhook_id, e.created_at
  from events e
  where e.action in ('webhook.paused', 'webhook.disabled') and e.created_at > now() - interval '1 day'
    and e.created_at > (select run_on from pgmigrations where name = '0033_stopped_webhooks'))
select x.workspace_id, m.user_id, 'event ' || x.sequence as violation
from stopped x
join notification_places p on p.workspace_id = x.workspace_id
join memberships m on m.workspace_id = x.workspace_id
left join notification_settings s on s.workspace_id = x.workspace_id and s.user_id = m.user_id
left join notifications n on n.workspace_id = x.workspace_id and n.user_id = m.user_id and n.webhook_id = x.webhook_id
  and n.sequence = x.sequence
where x.sequence <= p.last_sequence and m.removed_at is null and m.joined = 1 and m.version = 1 and may_see_webhooks(m.role)
  and s.user_id is null and m.created_at <= x.created_at and n.id is null;

-- name: notification_places_are_not_ahead_of_the_events
select p.workspace_id, 'at ' || p.last_sequence || ' of ' || h.last_sequence as violation
from notification_places p
join event_heads h on h.workspace_id = p.workspace_id
where p.last_sequence > h.last_sequence;

-- name: no_due_ticket_is_forgotten
select t.workspace_id, t.id as ticket_id, 'due on ' || t.due_on || ', and looked for on ' || coalesce(p.next_due_on::text, 'no day') as violation
from tickets t
join notification_places p on p.workspace_id = t.workspace_id
join event_heads h on h.workspace_id = t.workspace_id and h.last_sequence = p.last_sequence
left join outbox o on o.workspace_id = t.workspace_id and o.subject_id = t.id
where t.deleted_at is null and t.due_on > p.due_on and p.due_after is null and o.id is null and coalesce(p.next_due_on > t.due_on, true);

-- name: what_is_to_be_mailed_has_a_turn
select n.workspace_id, n.user_id, n.id as violation
from notifications n
left join notification_mails m on m.workspace_id = n.workspace_id and m.user_id = n.user_id
where n.to_mail and m.user_id is null;

-- name: accepted_invitations_were_to_their_acceptor
select i.workspace_id, i.id as invitation_id, i.email as violation
from invitations i
join users u on u.id = i.accepted_by
where u.email <> i.email and not exists (
  select 1 from account_audit_log a
  where a.user_id = u.id and a.action = 'email_changed' and a.detail ->> 'from' = i.email);

-- name: one_live_refresh_token_a_session
select t.user_id, t.session_id, count(*) || ' unspent tokens' as violation
from refresh_tokens t
where t.spent_at is null
group by t.user_id, t.session_id
having count(*) > 1;

-- name: attachments_are_what_their_entries_say
select coalesce(a.workspace_id, e.workspace_id) as workspace_id, coalesce(a.id, e.subject_id) as attachment_id,
  case when a.id is null then 'is not there' when e.subject_id is null then 'has no entry' else 'is another file' end as violation
from attachments a
full join (
  select added.workspace_id, added.subject_id, added.ticket_id, added.actor_id, added.after, added.created_at
  from audit_log added
  where added.action = 'attachment.added' and not exists (
    select 1 from audit_log removed
    where removed.workspace_id = added.workspace_id and removed.subject_id = added.subject_id
      and removed.action = 'attachment.removed')) e
  on e.workspace_id = a.workspace_id and e.subject_id = a.id
where a.id is null or e.subject_id is null or a.ticket_id <> e.ticket_id or a.added_by <> e.actor_id or a.created_at <> e.created_at
  or e.after ->> 'name' <> a.name or e.after ->> 'checksum' <> a.checksum or (e.after ->> 'size_bytes')::bigint <> a.size_bytes;

-- name: shared_views_are_what_their_last_entries_say
select v.workspace_id, v.id as view_id, coalesce(e.action, 'has no entry') as violation
from views v
left join audit_log e
  on e.workspace_id = v.workspace_id and e.subject_type = 'view' and e.subject_id = v.id and e.subject_version = v.version
where v.shared and (e.action is null or (e.action = 'view.deleted') <> (v.deleted_at is not null)
  or e.action <> 'view.deleted' and e.after ->> 'name' <> v.name);

-- name: attachments_are_kept_and_nothing_else_is
select f.workspace_id, f.id as file_id, case when a.id is null then 'nobody has it' else 'it is due' end as violation
from attachment_files f
left join attachments a on a.workspace_id = f.workspace_id and a.id = f.id
where (a.id is null) <> (f.due_at is not null);

-- name: attachments_are_added_up
select coalesce(u.workspace_id, a.workspace_id) as workspace_id,
  'counted ' || coalesce(u.bytes, 0) || ', there are ' || coalesce(a.bytes, 0) as violation
from attachment_usage u
full join (select workspace_id, sum(size_bytes) as bytes from attachments group by workspace_id) a using (workspace_id)
where coalesce(u.bytes, 0) <> coalesce(a.bytes, 0);
