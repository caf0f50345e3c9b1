-- Up Migration
-- Preferences: how a person wants the console, on every machine (docs/decisions, 79).

create table preferences (
  user_id uuid not null,
  theme text not null default 'system',
  density text not null default 'comfortable',
  -- null: those of the browser.
  time_zone text,
  language text,
  single_keys boolean not null default true,
  -- The keys that the person chose for commands, by the command's id.
  keys jsonb not null default '{}',
  version integer not null default 1,
  updated_at timestamptz not null default now(),
  constraint preferences_pkey primary key (user_id),
  constraint preferences_theme check (theme in ('system', 'light', 'dark')),
  constraint preferences_density check (density in ('comfortable', 'compact')),
  constraint preferences_time_zone check (length(time_zone) between 1 and 60),
  constraint preferences_language check (length(language) between 2 and 35),
  constraint preferences_keys check (jsonb_typeof(keys) = 'object' and octet_length(keys::text) <= 16384)
) with (fillfactor = 85);
select app_tenant_table('preferences', 'update (theme, density, time_zone, language, single_keys, keys, version, updated_at)', 'user_id');
alter table preferences add constraint preferences_user_fkey foreign key (user_id) references users (id);
