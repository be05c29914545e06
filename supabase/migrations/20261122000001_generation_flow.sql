-- The flow of a generation. Its row is the job: what has to be done next stands in `status`, when in `due_at`, and
-- whoever takes it moves `due_at` ahead for as long as they hold it.

create table velro.projects (
  id uuid primary key,
  user_id uuid not null references velro.users on delete cascade,
  name text not null check (length(name) between 1 and 120),
  description text check (length(description) <= 2000),
  visibility text not null default 'private' check (visibility in ('private', 'public')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index projects_of_user on velro.projects (user_id, id desc);

-- Everything that a person keeps in the object storage.
create table velro.files (
  -- Time-ordered, as all ids that lists are ordered by.
  id uuid primary key,
  user_id uuid not null references velro.users on delete cascade,
  kind text not null check (kind in ('result', 'reference', 'upload')),
  -- Of a result: what it came from.
  generation_id uuid references velro.generations on delete cascade,
  position smallint not null default 0 check (position between 0 and 15),
  object_key text not null unique,
  content_type text not null,
  width integer,
  height integer,
  bytes bigint not null check (bytes > 0),
  sha256 bytea not null check (length(sha256) = 32),
  created_at timestamptz not null default now(),
  -- Null: until it is deleted.
  expires_at timestamptz,
  check ((kind = 'result') = (generation_id is not null))
);
create index files_of_user on velro.files (user_id, id desc);
create unique index files_of_generation on velro.files (generation_id, position) where kind = 'result';
create index files_expiry on velro.files (expires_at) where expires_at is not null;

insert into velro.files
  (id, user_id, kind, generation_id, position, object_key, content_type, width, height, bytes, sha256, created_at)
select gen_random_uuid(), g.user_id, 'result', m.generation_id, m.position, m.object_key, m.content_type, m.width, m.height,
  m.bytes, m.sha256, m.created_at
from velro.generation_media m join velro.generations g on g.id = m.generation_id;
drop table velro.generation_media;

-- What a person's files weigh together, kept by the database, so that no way of deleting one forgets it.
alter table velro.users add storage_bytes bigint not null default 0 check (storage_bytes >= 0);
update velro.users u set storage_bytes = coalesce((select sum(bytes) from velro.files f where f.user_id = u.id), 0);
create function velro.weigh_files() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    update velro.users set storage_bytes = storage_bytes + new.bytes where id = new.user_id;
  else
    update velro.users set storage_bytes = storage_bytes - old.bytes where id = old.user_id;
  end if;
  return null;
end
$$;
create trigger weigh after insert or delete on velro.files for each row execute function velro.weigh_files();

alter table velro.generations
  drop column started_at,
  add kind text not null default 'image' check (kind in ('image', 'video')),
  add project_id uuid references velro.projects on delete set null,
  add favorite boolean not null default false,
  add reference_file_id uuid references velro.files on delete set null,
  -- Stays when the image is gone: what was made from one is not made again without it.
  add has_reference boolean not null default false,
  -- Raised by every change that is shown: the ids of the events of its stream.
  add version integer not null default 1,
  -- How many wait before it at the provider, where that is known.
  add queue_position integer check (queue_position >= 0),
  add provider_reference text check (length(provider_reference) between 1 and 128),
  -- Whether the provider itself told it in answer to our submit, and not only a call.
  add reference_answered boolean not null default false,
  add attempts smallint not null default 0,
  -- Looks at the provider, or fetches from it, that failed one after the other.
  add failures smallint not null default 0,
  add submitted_at timestamptz,
  add due_at timestamptz not null default now(),
  -- Then it is given up, and its credits go back.
  add deadline_at timestamptz not null default now() + interval '1 hour',
  add cancel_requested_at timestamptz;
-- What was running knows no provider's reference; it is painted again.
update velro.generations set status = 'queued' where status in ('submitting', 'processing');

-- Each question of those who work has its own: a long queue does not stand in the way of what is under way.
create index generations_waiting_due on velro.generations (due_at, id) where status = 'queued';
create index generations_waiting_deadline on velro.generations (deadline_at) where status = 'queued';
create index generations_running_due on velro.generations (due_at) where status in ('submitting', 'processing');
create index generations_waiting on velro.generations (id) where status = 'queued';
create index generations_running on velro.generations (provider_reference)
  where provider_reference is not null and status in ('submitting', 'processing');
-- Lists with one filter read as little as lists with none.
create index generations_of_user_by_status on velro.generations (user_id, status, id desc);
create index generations_of_user_by_model on velro.generations (user_id, model_id, id desc);
-- Two statuses are shown as one, which no index that begins with the status gives in the order of the ids.
create index generations_of_user_running on velro.generations (user_id, id desc)
  where status in ('submitting', 'processing');
-- Whose it is stands in it, for the query asks that as well.
create index generations_of_project on velro.generations (project_id, user_id, id desc) where project_id is not null;
-- Both kinds: those that are no favorites may lie behind a million that are.
create index generations_of_user_by_favorite on velro.generations (user_id, favorite, id desc);
create index generations_references on velro.generations (reference_file_id) where reference_file_id is not null;

drop trigger announce on velro.generations;
create function velro.raise_generation_version() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  return new;
end
$$;
create trigger raise_version before update on velro.generations for each row
  when (old.status is distinct from new.status or old.progress is distinct from new.progress
    or old.queue_position is distinct from new.queue_position)
  execute function velro.raise_generation_version();
create trigger announce after update on velro.generations for each row
  when (old.version is distinct from new.version)
  execute function velro.announce_generation();

-- One word for all instances: whether a provider may be asked for anything new.
create table velro.ai_switch (
  singleton boolean primary key default true check (singleton),
  enabled boolean not null default true,
  changed_at timestamptz not null default now()
);
insert into velro.ai_switch default values;

-- The answer to a request that names itself, kept with its effect.
create table velro.idempotency_keys (
  user_id uuid not null references velro.users on delete cascade,
  key text not null check (length(key) between 1 and 255),
  request_hash bytea not null check (length(request_hash) = 32),
  -- Who is at it: only they settle it.
  claim uuid not null,
  claimed_until timestamptz not null,
  -- Null while the first request is at work.
  answer jsonb,
  created_at timestamptz not null default now(),
  primary key (user_id, key)
);
create index idempotency_keys_age on velro.idempotency_keys (created_at);

-- Calls of the provider that were seen: the same bytes say nothing twice.
create table velro.provider_callbacks (
  signature_hash bytea primary key check (length(signature_hash) = 32),
  received_at timestamptz not null default now()
);
create index provider_callbacks_age on velro.provider_callbacks (received_at);

-- As whom the provider knows us: learned from a call about a job whose reference we had from the provider itself.
create table velro.provider_account (
  -- Of the key by which we ask the provider: another key may be another account.
  key_hash bytea primary key check (length(key_hash) = 32),
  user_id text not null check (length(user_id) between 1 and 128)
);

-- Administrators correct balances, and say why.
alter table velro.credit_entries
  drop constraint credit_entries_kind_check,
  drop constraint credit_entries_check,
  add constraint credit_entries_kind_check check (kind in ('grant', 'adjust', 'reserve', 'commit', 'release')),
  add constraint credit_entries_check check ((kind in ('grant', 'adjust')) = (generation_id is null)),
  add actor_id uuid,
  add reason text check (length(reason) between 1 and 500),
  add constraint credit_entries_adjust_check check ((kind = 'adjust') = (actor_id is not null and reason is not null));

do $$
declare
  name text;
begin
  foreach name in array array['projects', 'files', 'ai_switch', 'idempotency_keys', 'provider_callbacks', 'provider_account'] loop
    execute format('alter table velro.%I enable row level security', name);
    execute format('create policy service on velro.%I to velro_app using (true) with check (true)', name);
  end loop;
end
$$;
grant select, insert, update, delete on velro.projects to velro_app;
grant select, insert, delete on velro.files to velro_app;
grant select on velro.ai_switch to velro_app;
grant update (enabled, changed_at) on velro.ai_switch to velro_app;
grant select, insert, update, delete on velro.idempotency_keys to velro_app;
grant select, insert, delete on velro.provider_callbacks to velro_app;
grant select, insert on velro.provider_account to velro_app;
