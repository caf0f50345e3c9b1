import { type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';

/** The ids of the next workspaces after this one, including deleted ones. Only the worker may read them. */
export async function workspacesBehind(db: Db, id: string, limit: number): Promise<string[]> {
  const found = await db.rows<{ id: string }>(sql`
    select h.workspace_id as id from event_heads h where h.workspace_id > ${id} order by h.workspace_id limit ${limit}`);
  return found.map((row) => row.id);
}

/** A row that was rebuilt, and how it differs from the stored one. */
export interface Rebuilt {
  id: string;
  /** How many entries it was rebuilt from. */
  entries: number;
  /** Whether its entries say everything. Those of version 0.1.0 don't describe a ticket's creation. */
  whole: boolean;
  unlike: string[];
}

/**
 * Rebuilds the next tickets after this one from their entries, numbered or not. Each field has the value of the last
 * entry that contains it. Long texts are compared by their hash, and purged ones not at all.
 */
export function rebuiltTickets(
  db: Db,
  workspace_id: string,
  { behind, limit }: { behind: string; limit: number },
): Promise<Rebuilt[]> {
  return db.rows(sql`
    with stored as materialized (
      select t.id, t.version, t.deleted_at, encode(sha256(convert_to(t.description, 'UTF8')), 'hex') as description,
        to_jsonb(t) - '{workspace_id,id,initial_status,status_sequence,description,version,created_at,updated_at,placed_rank,placed_at}'::text[] as fields,
        lpad(to_hex(2147483647 - t.number), 8, '0') || 'V' as own_rank
      from tickets t where t.workspace_id = ${workspace_id} and t.id > ${behind} order by t.id limit ${limit}),
    entries as materialized (
      select s.id, e.action, e.subject_version, e.after, e.created_at from stored s
      cross join lateral (
        select e.action, e.subject_version, e.after, e.created_at from events e
        where e.workspace_id = ${workspace_id} and e.subject_id = s.id and e.subject_type = 'ticket'
        union all
        select o.action, o.subject_version, o.after, o.created_at from outbox o
        where o.workspace_id = ${workspace_id} and o.subject_type = 'ticket'
          and (case when o.ticket_id is null then o.subject_id else o.ticket_id end) = s.id) e),
    counted as (
      select n.id, count(*)::integer as entries, max(n.subject_version) as version,
        bool_or(n.action = 'ticket.created' and n.after ? 'reporter_id') as whole
      from entries n group by n.id),
    built as (
      select l.id, jsonb_object_agg(l.key, l.value) as fields from (
        select distinct on (n.id, f.key) n.id, f.key, f.value from entries n cross join lateral jsonb_each(n.after) f
        order by n.id, f.key, n.created_at desc) l
      group by l.id),
    compared as (
      select s.id, f.key || ' is ' || left(f.value::text, 100) || ', entries say ' || coalesce(left((b.fields -> f.key)::text, 100), 'nothing') as says
      from stored s
      join counted c on c.id = s.id and c.whole
      join built b on b.id = s.id
      cross join lateral jsonb_each(s.fields) f
      where case f.key
        when 'deleted_at' then (b.fields ->> f.key)::timestamptz is distinct from s.deleted_at
        when 'title' then b.fields -> f.key not in ('null', f.value)
        when 'rank' then f.value #>> '{}' <> coalesce(b.fields ->> f.key, s.own_rank)
        else coalesce(b.fields -> f.key, 'null') <> f.value end
      union all
      select s.id, 'description has the hash ' || s.description || ', entries say another'
      from stored s join counted c on c.id = s.id and c.whole join built b on b.id = s.id
      where s.description <> case jsonb_typeof(b.fields -> 'description')
        when 'string' then encode(sha256(convert_to(b.fields ->> 'description', 'UTF8')), 'hex')
        when 'object' then b.fields #>> '{description,sha256}' else s.description end
      union all
      select s.id, 'version is ' || s.version || ', entries say ' || coalesce(c.version::text, 'nothing')
      from stored s left join counted c on c.id = s.id where c.version is distinct from s.version)
    select s.id, coalesce(c.entries, 0) as entries, coalesce(c.whole, false) as whole,
      array(select x.says from compared x where x.id = s.id order by x.says) as unlike
    from stored s left join counted c on c.id = s.id order by s.id`);
}

/** The workspace's entries, numbered or not, that fulfil a condition on `a`. */
const entriesOf = (workspace_id: string, condition: Sql): Sql => sql`
  (select a.id, a.actor_id, a.action, a.subject_id, a.subject_version, a.after, a.created_at from events a
    where a.workspace_id = ${workspace_id} and ${condition}
  union all
  select a.id, a.actor_id, a.action, a.subject_id, a.subject_version, a.after, a.created_at from outbox a
    where a.workspace_id = ${workspace_id} and ${condition})`;

/** Rebuilds the workspace's projects, with their workflows, from their entries. */
export function rebuiltProjects(db: Db, workspace_id: string): Promise<Rebuilt[]> {
  return db.rows(sql`
    with entries as materialized (
      select a.subject_id as id, a.action, a.subject_version, a.after
      from ${entriesOf(workspace_id, sql`a.subject_type in ('project', 'workflow')`)} a),
    counted as (
      select n.id, count(*)::integer as entries, bool_or(n.action = 'project.created' and n.after ? 'workflow') as whole
      from entries n group by n.id),
    said as (
      select distinct on (n.id, f.key) n.id, f.key, f.value from entries n
      cross join lateral jsonb_each(case n.action when 'workflow.replaced' then jsonb_build_object('workflow', n.after) else n.after end) f
      order by n.id, f.key, n.subject_version desc),
    compared as (
      select p.id, d.key || ' is ' || left(d.value::text, 100) || ', entries say ' || coalesce(left(s.value::text, 100), 'nothing') as says
      from projects p
      join workflows w on w.workspace_id = ${workspace_id} and w.project_id = p.id and w.version = p.workflow_version
      cross join lateral jsonb_each(jsonb_build_object('key', p.key, 'name', p.name, 'archived', p.archived_at is not null, 'workflow', w.definition)) d
      left join said s on s.id = p.id and s.key = d.key
      where p.workspace_id = ${workspace_id} and case d.key
        when 'name' then coalesce(s.value, 'null') not in ('null', d.value)
        when 'key' then s.value is distinct from d.value
        when 'archived' then coalesce(s.value, 'false') <> d.value
        else s.value ->> 'sha256' is null and s.value is distinct from d.value end)
    select p.id, coalesce(c.entries, 0) as entries, coalesce(c.whole, false) as whole,
      array(select x.says from compared x where x.id = p.id and c.whole order by x.says) as unlike
    from projects p left join counted c on c.id = p.id where p.workspace_id = ${workspace_id} order by p.id`);
}

const of_members = sql`a.action in ('workspace.created', 'invitation.accepted', 'member.role_changed', 'member.removed',
  'member.left', 'bot.created', 'bot.updated', 'bot.removed')`;

/** Rebuilds from the entries who is a member, including bots, and in which role. */
export function rebuiltMemberships(db: Db, workspace_id: string): Promise<Rebuilt[]> {
  return db.rows(sql`
    with entries as materialized (
      select case when a.action = 'invitation.accepted' then (a.after ->> 'user_id')::uuid
          when a.action = 'workspace.created' then a.actor_id else a.subject_id end as id,
        case when a.action = 'workspace.created' then 'owner' else a.after ->> 'role' end as role, a.created_at, a.id as entry_id
      from ${entriesOf(workspace_id, of_members)} a),
    said as (
      select distinct on (n.id) n.id, n.role from entries n order by n.id, n.created_at desc, n.entry_id desc),
    counted as (select n.id, count(*)::integer as entries from entries n group by n.id)
    select m.user_id as id, coalesce(c.entries, 0) as entries, true as whole,
      case when s.role is distinct from case when m.removed_at is null then m.role end
        then array['role is ' || coalesce(case when m.removed_at is null then m.role end, 'none') || ', entries say ' || coalesce(s.role, 'none')]
        else '{}' end as unlike
    from memberships m
    left join said s on s.id = m.user_id
    left join counted c on c.id = m.user_id
    where m.workspace_id = ${workspace_id} order by m.user_id`);
}

/**
 * Rebuilds the workspace's invitations from their entries. An earlier version revoked those that could no longer be
 * accepted without an entry, and an address that the operator erased is in no entry.
 */
export function rebuiltInvitations(db: Db, workspace_id: string): Promise<Rebuilt[]> {
  return db.rows(sql`
    with entries as materialized (
      select a.subject_id as id, a.action, a.after from ${entriesOf(workspace_id, sql`a.subject_type = 'invitation'`)} a),
    said as (
      select n.id, count(*)::integer as entries, bool_or(n.action = 'invitation.created') as whole,
        bool_or(n.action = 'invitation.revoked') as revoked,
        (array_agg(n.after) filter (where n.action = 'invitation.created'))[1] as created,
        (array_agg(n.after ->> 'user_id') filter (where n.action = 'invitation.accepted'))[1] as accepted_by
      from entries n group by n.id),
    compared as (
      select i.id, v.field || ' is ' || coalesce(v.stored, 'none') || ', entries say ' || coalesce(v.said, 'none') as says
      from invitations i
      join said s on s.id = i.id and s.whole
      cross join lateral (values
        ('email', i.email, coalesce(s.created ->> 'email', i.email)),
        ('role', i.role, s.created ->> 'role'),
        ('accepted_by', i.accepted_by::text, s.accepted_by),
        ('revoked', (i.revoked_at is not null)::text, (s.revoked or i.unrecorded)::text)) v (field, stored, said)
      where i.workspace_id = ${workspace_id} and v.stored is distinct from v.said)
    select i.id, coalesce(s.entries, 0) as entries, coalesce(s.whole, false) as whole,
      array(select x.says from compared x where x.id = i.id order by x.says) as unlike
    from invitations i left join said s on s.id = i.id where i.workspace_id = ${workspace_id} order by i.id`);
}

/**
 * Rebuilds the workspace's webhooks from their entries, which contain only the origin of an address. The deletion of a
 * workspace disables its webhooks without an entry for each.
 */
export function rebuiltWebhooks(db: Db, workspace_id: string): Promise<Rebuilt[]> {
  return db.rows(sql`
    with entries as materialized (
      select a.subject_id as id, a.action, a.subject_version, a.after
      from ${entriesOf(workspace_id, sql`a.subject_type = 'webhook'`)} a),
    counted as (
      select n.id, count(*)::integer as entries, jsonb_build_object('version', max(n.subject_version),
        'deleted', bool_or(n.action = 'webhook.deleted')) as fields
      from entries n group by n.id),
    said as (
      (select distinct on (n.id, f.key) n.id, f.key, f.value from entries n cross join lateral jsonb_each(n.after) f
      where n.subject_version is not null
      order by n.id, f.key, n.subject_version desc)
      union all
      select c.id, f.key, f.value from counted c cross join lateral jsonb_each(c.fields) f),
    compared as (
      select w.id, d.key || ' is ' || left(d.value::text, 100) || ', entries say ' || coalesce(left(s.value::text, 100), 'nothing') as says
      from webhooks w
      cross join lateral jsonb_each(jsonb_build_object('origin', substring(w.url from '^[a-z]+://[^/?#]+'),
        'description', w.description, 'types', w.types, 'project_ids', w.project_ids, 'state', w.state, 'version', w.version,
        'deleted', w.deleted_at is not null)) d
      left join said s on s.id = w.id and s.key = d.key
      where w.workspace_id = ${workspace_id} and s.value is distinct from d.value
        and not (d.key = 'state' and coalesce(w.state_reason, '') = 'workspace_deleted'))
    select w.id, coalesce(c.entries, 0) as entries, true as whole,
      array(select x.says from compared x where x.id = w.id order by x.says) as unlike
    from webhooks w left join counted c on c.id = w.id where w.workspace_id = ${workspace_id} order by w.id`);
}

/** Rebuilds the workspace's attachments from the entries that say that they were added. */
export function rebuiltAttachments(db: Db, workspace_id: string): Promise<Rebuilt[]> {
  return db.rows(sql`
    with entries as materialized (
      select a.subject_id as id, a.actor_id, a.after, a.created_at
      from ${entriesOf(workspace_id, sql`a.action = 'attachment.added'`)} a),
    compared as (
      select f.id, d.key || ' is ' || left(d.value::text, 100) || ', entries say ' || coalesce(left(s.value::text, 100), 'nothing') as says
      from attachments f
      left join entries e on e.id = f.id
      cross join lateral jsonb_each(to_jsonb(f) - '{workspace_id,id}'::text[]) d
      left join lateral jsonb_each(e.after || jsonb_build_object('added_by', e.actor_id, 'created_at', e.created_at)) s on s.key = d.key
      where f.workspace_id = ${workspace_id} and s.value is distinct from d.value)
    select f.id, case when e.id is null then 0 else 1 end as entries, true as whole,
      array(select x.says from compared x where x.id = f.id order by x.says) as unlike
    from attachments f left join entries e on e.id = f.id where f.workspace_id = ${workspace_id} order by f.id`);
}

/**
 * Rebuilds the workspace's shared views from their entries. A private view has none. If a view became private again,
 * its entries say only that, and its later versions have none.
 */
export function rebuiltViews(db: Db, workspace_id: string): Promise<Rebuilt[]> {
  return db.rows(sql`
    with entries as materialized (
      select a.subject_id as id, a.action, a.subject_version, a.after
      from ${entriesOf(workspace_id, sql`a.subject_type = 'view'`)} a),
    said as (
      select n.id, count(*)::integer as entries,
        (array_agg(n.after order by n.subject_version desc) filter (where n.action <> 'view.deleted'))[1]
          || jsonb_build_object('version', max(n.subject_version),
            'deleted', (array_agg(n.action order by n.subject_version desc))[1] = 'view.deleted') as fields
      from entries n group by n.id),
    compared as (
      select v.id, d.key || ' is ' || left(d.value::text, 100) || ', entries say ' || coalesce(left((s.fields -> d.key)::text, 100), 'nothing') as says
      from views v
      left join said s on s.id = v.id
      cross join lateral jsonb_each(jsonb_build_object('shared', v.shared) || case when v.shared then jsonb_build_object('name', v.name,
        'layout', v.layout, 'query', v.query, 'version', v.version, 'deleted', v.deleted_at is not null) else '{}' end) d
      where v.workspace_id = ${workspace_id} and coalesce(s.fields -> d.key, 'false') is distinct from d.value)
    select v.id, coalesce(s.entries, 0) as entries, true as whole,
      array(select x.says from compared x where x.id = v.id order by x.says) as unlike
    from views v left join said s on s.id = v.id where v.workspace_id = ${workspace_id} order by v.id`);
}

/**
 * What was created, according to the entries, but is not stored. Rows are only marked as deleted, except invitations
 * that nobody accepted and deleted webhooks and views, which are removed after a while, and attachments. A private view
 * may be deleted without an entry.
 */
export function missingRows(db: Db, workspace_id: string): Promise<(Rebuilt & { kind: string })[]> {
  const created = sql`a.action in ('ticket.created', 'project.created', 'bot.created', 'invitation.accepted', 'workspace.created')`;
  return db.rows(sql`
    select c.kind, c.id, 0 as entries, true as whole, array['it was created, and is not there'] as unlike
    from (
      select case a.action when 'ticket.created' then 'ticket' when 'project.created' then 'project' else 'member' end as kind,
        case a.action when 'invitation.accepted' then (a.after ->> 'user_id')::uuid when 'workspace.created' then a.actor_id
          else a.subject_id end as id
      from ${entriesOf(workspace_id, created)} a
      union all
      select 'invitation', a.subject_id from ${entriesOf(workspace_id, sql`a.action = 'invitation.accepted'`)} a
      union all
      select 'webhook', a.subject_id from ${entriesOf(workspace_id, sql`a.action in ('webhook.created', 'webhook.deleted')`)} a
      group by a.subject_id having bool_and(a.action = 'webhook.created')
      union all
      select 'attachment', a.subject_id from ${entriesOf(workspace_id, sql`a.action in ('attachment.added', 'attachment.removed')`)} a
      group by a.subject_id having bool_and(a.action = 'attachment.added')
      union all
      select 'view', l.subject_id from (
        select distinct on (a.subject_id) a.subject_id, a.after
        from ${entriesOf(workspace_id, sql`a.subject_type = 'view'`)} a order by a.subject_id, a.subject_version desc) l
      where l.after -> 'shared' = 'true') c
    left join tickets t on t.workspace_id = ${workspace_id} and t.id = c.id and c.kind = 'ticket'
    left join projects p on p.workspace_id = ${workspace_id} and p.id = c.id and c.kind = 'project'
    left join invitations i on i.workspace_id = ${workspace_id} and i.id = c.id and c.kind = 'invitation'
    left join webhooks w on w.workspace_id = ${workspace_id} and w.id = c.id and c.kind = 'webhook'
    left join attachments f on f.workspace_id = ${workspace_id} and f.id = c.id and c.kind = 'attachment'
    left join views v on v.workspace_id = ${workspace_id} and v.id = c.id and c.kind = 'view'
    left join memberships m on m.workspace_id = ${workspace_id} and m.user_id = c.id and c.kind = 'member'
      -- removed_at says nothing here: the row of a former member stays
    where coalesce(t.id, p.id, m.user_id, i.id, w.id, f.id, v.id) is null limit 100`);
}
