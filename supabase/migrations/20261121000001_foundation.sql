-- The schema of the service. It is not among the schemas that Supabase's Data API exposes, nothing in it is granted to
-- anon or authenticated, and row level security stands on every table, with one policy each for the service's own role.

create schema if not exists velro;
revoke all on schema velro from public;

-- The service's role. Its password is set by `npm run db:migrate`, never in a file.
do $$
begin
  if not exists (select from pg_roles where rolname = 'velro_app') then
    create role velro_app nologin;
  end if;
end
$$;
grant usage on schema velro to velro_app;

-- Accounts. The identity itself (password, confirmation) is Supabase's; `id` is its `sub`.
create table velro.users (
  id uuid primary key,
  email text not null check (length(email) <= 254),
  full_name text check (length(full_name) <= 200),
  role text not null default 'user' check (role in ('user', 'viewer', 'admin', 'super_admin')),
  -- Raised in the transaction that must end every older token.
  epoch integer not null default 1 check (epoch > 0),
  credits_balance bigint not null default 0 check (credits_balance >= 0),
  credits_reserved bigint not null default 0 check (credits_reserved >= 0),
  disabled_at timestamptz,
  created_at timestamptz not null default now()
);
-- Not unique: the identity provider keeps addresses unique, and an identity that was removed and made again has a new id.
create index users_email on velro.users (lower(email));

create table velro.sessions (
  id uuid primary key,
  user_id uuid not null references velro.users on delete cascade,
  auth_time timestamptz not null,
  device text not null check (length(device) <= 400),
  address text not null check (length(address) <= 64),
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index sessions_of_user on velro.sessions (user_id, created_at desc) where ended_at is null;

-- Refresh tokens: the SHA-256 of the token alone.
create table velro.refresh_tokens (
  hash bytea primary key check (length(hash) = 32),
  session_id uuid not null references velro.sessions on delete cascade,
  created_at timestamptz not null default now(),
  used_at timestamptz
);
create index refresh_tokens_of_session on velro.refresh_tokens (session_id);

-- The blacklist. Rows outlive the tokens they kill and are purged afterwards.
create table velro.revocations (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('jti', 'sid', 'user')),
  subject uuid not null,
  -- For kind `user`: tokens of a lower `ver` are dead.
  epoch integer check ((kind = 'user') = (epoch is not null)),
  expires_at timestamptz not null,
  created_at timestamptz not null default now()
);
create index revocations_expiry on velro.revocations (expires_at);
create index revocations_subject on velro.revocations (subject);

create function velro.announce_revocation() returns trigger language plpgsql as $$
begin
  perform pg_notify('velro_revocations', json_build_object(
    'kind', new.kind, 'subject', new.subject, 'epoch', new.epoch, 'exp', ceil(extract(epoch from new.expires_at)))::text);
  return null;
end
$$;
create trigger announce after insert on velro.revocations for each row execute function velro.announce_revocation();

create table velro.generations (
  id uuid primary key,
  user_id uuid not null references velro.users on delete cascade,
  status text not null default 'queued' check (status in ('queued', 'submitting', 'processing', 'completed', 'failed', 'cancelled')),
  model_id text not null,
  prompt text not null check (length(prompt) between 1 and 2000),
  negative_prompt text check (length(negative_prompt) <= 2000),
  parameters jsonb not null default '{}',
  progress smallint not null default 0 check (progress between 0 and 100),
  error_code text,
  credits_cost integer not null check (credits_cost >= 0),
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz
);
-- Ids are time-ordered (UUID version 7): the newest first is the order of the ids.
create index generations_of_user on velro.generations (user_id, id desc);

create function velro.announce_generation() returns trigger language plpgsql as $$
begin
  perform pg_notify('velro_generations', new.id::text);
  return null;
end
$$;
create trigger announce after update of status, progress on velro.generations for each row
  when (old.status is distinct from new.status or old.progress is distinct from new.progress)
  execute function velro.announce_generation();

create table velro.generation_media (
  generation_id uuid not null references velro.generations on delete cascade,
  position smallint not null check (position between 0 and 15),
  object_key text not null unique,
  content_type text not null,
  width integer,
  height integer,
  bytes bigint not null check (bytes > 0),
  sha256 bytea not null check (length(sha256) = 32),
  created_at timestamptz not null default now(),
  primary key (generation_id, position)
);

-- Objects whose rows are gone and which the storage has yet to remove.
create table velro.storage_removals (
  object_key text primary key,
  requested_at timestamptz not null default now()
);

-- The ledger: per user, the sums of the two columns are the two figures in velro.users.
create table velro.credit_entries (
  id bigint generated always as identity primary key,
  user_id uuid not null references velro.users on delete cascade,
  -- No reference: the entry outlives a deleted generation.
  generation_id uuid,
  kind text not null check (kind in ('grant', 'reserve', 'commit', 'release')),
  balance_change bigint not null,
  reserved_change bigint not null,
  created_at timestamptz not null default now(),
  check ((kind = 'grant') = (generation_id is null))
);
create index credit_entries_of_user on velro.credit_entries (user_id, id desc);
create unique index credit_entries_reserve_once on velro.credit_entries (generation_id) where kind = 'reserve';
create unique index credit_entries_settle_once on velro.credit_entries (generation_id) where kind in ('commit', 'release');

do $$
declare
  name text;
begin
  for name in select tablename from pg_tables where schemaname = 'velro' loop
    execute format('alter table velro.%I enable row level security', name);
    execute format('create policy service on velro.%I to velro_app using (true) with check (true)', name);
  end loop;
end
$$;

grant select, insert, update on velro.users to velro_app;
grant select, insert, update on velro.sessions to velro_app;
grant select, insert, update, delete on velro.refresh_tokens to velro_app;
grant select, insert, delete on velro.revocations to velro_app;
grant select, insert, update, delete on velro.generations to velro_app;
grant select, insert on velro.generation_media to velro_app;
grant select, insert, delete on velro.storage_removals to velro_app;
-- The ledger is added to, never changed.
grant select, insert on velro.credit_entries to velro_app;
