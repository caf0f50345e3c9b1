-- Up Migration
-- Members react to comments with emoji (docs/decisions, 46).

create table comment_reactions (
  workspace_id uuid not null,
  ticket_id uuid not null,
  comment_id uuid not null,
  emoji text not null,
  user_id uuid not null,
  created_at timestamptz not null,
  -- When the comment got this emoji: it stays where it is among the others when the member who gave it first takes it back.
  first_at timestamptz not null,
  constraint comment_reactions_pkey primary key (workspace_id, ticket_id, comment_id, emoji, user_id),
  -- Written one after the other, with the comment locked: this is the order of their list.
  constraint comment_reactions_order unique (workspace_id, ticket_id, comment_id, created_at),
  constraint comment_reactions_emoji check (octet_length(emoji) between 1 and 64),
  constraint comment_reactions_first check (first_at <= created_at)
);
select app_tenant_table('comment_reactions', 'delete');
alter table comment_reactions add constraint comment_reactions_comment_fkey
  foreign key (workspace_id, ticket_id, comment_id) references comments (workspace_id, ticket_id, id);
-- A former member's row stays, and with it their reactions.
alter table comment_reactions add constraint comment_reactions_user_fkey
  foreign key (workspace_id, user_id) references memberships (workspace_id, user_id);
create index comment_reactions_user on comment_reactions (workspace_id, user_id);
