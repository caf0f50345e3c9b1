-- Creates the database and its logins, once, as a superuser. psql reads the passwords from the environment:
--   BATON_OWNER_PASSWORD=… BATON_WEB_PASSWORD=… BATON_WORKER_PASSWORD=… psql postgres://postgres@db/postgres -f server/sql/logins.sql
\set ON_ERROR_STOP on
\getenv owner_password BATON_OWNER_PASSWORD
\getenv web_password BATON_WEB_PASSWORD
\getenv worker_password BATON_WORKER_PASSWORD

-- A password that is missing would leave half of this done, and an empty one a login that nobody can use.
\if :{?owner_password}
\else
  \set owner_password ''
\endif
\if :{?web_password}
\else
  \set web_password ''
\endif
\if :{?worker_password}
\else
  \set worker_password ''
\endif
select '' in (:'owner_password', :'web_password', :'worker_password') as missing \gset
\if :missing
  do $$ begin raise exception 'Set BATON_OWNER_PASSWORD, BATON_WEB_PASSWORD and BATON_WORKER_PASSWORD.'; end $$;
\endif

-- Owns the tables, and migrates them.
create role baton_owner login password :'owner_password';
-- What requests may do: it owns nothing, row-level security binds it, and it can't change history or audit.
create role baton_app nologin;
create role baton_web login password :'web_password' in role baton_app;
-- What the worker may do: its tasks, in all workspaces and accounts. It reads what they need, encrypted secrets, texts of events and addresses
-- included (docs/operating.md, "Production"), and it can't change history or audit.
create role baton_worker login password :'worker_password';

create database baton owner baton_owner encoding 'UTF8' template template0;
revoke all on database baton from public;
grant connect on database baton to baton_web, baton_worker;
