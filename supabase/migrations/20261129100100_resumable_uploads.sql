-- Uploads that come in several requests. Their bytes lie in the object storage, in parts, until the last one has come: any instance goes on with them.
create table velro.uploads (
  -- Of the file as well, once it is stored.
  id uuid primary key,
  user_id uuid not null references velro.users on delete cascade,
  file_name text not null check (length(file_name) between 1 and 255),
  -- As the client declared it.
  content_type text not null check (length(content_type) between 1 and 255),
  bytes bigint not null check (bytes > 0),
  received bigint not null default 0 check (received between 0 and bytes),
  parts integer not null default 0 check (parts >= 0),
  -- What it takes of the quota: its bytes until it is stored, then nothing.
  held bigint not null check (held in (0, bytes)),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index uploads_of_user on velro.uploads (user_id);
create index uploads_expiry on velro.uploads (expires_at);

create table velro.upload_parts (
  upload_id uuid not null references velro.uploads on delete cascade,
  -- Of its first byte in the file.
  position bigint not null check (position >= 0),
  bytes integer not null check (bytes > 0),
  object_key text not null unique,
  primary key (upload_id, position)
);

-- What unfinished uploads of a person may come to weigh, kept by the database as storage_bytes is.
alter table velro.users add column held_bytes bigint not null default 0;
create function velro.hold_upload() returns trigger language plpgsql as $$
begin
  update velro.users
  set held_bytes = held_bytes
    + case tg_op when 'DELETE' then 0 else new.held end
    - case tg_op when 'INSERT' then 0 else old.held end
  where id = case tg_op when 'DELETE' then old.user_id else new.user_id end;
  return null;
end
$$;
create trigger hold after insert or update of held or delete on velro.uploads for each row
  execute function velro.hold_upload();

alter table velro.uploads enable row level security;
alter table velro.upload_parts enable row level security;
create policy service on velro.uploads to velro_app using (true) with check (true);
create policy service on velro.upload_parts to velro_app using (true) with check (true);
grant select, insert, update (received, parts, held), delete on velro.uploads to velro_app;
grant select, insert, delete on velro.upload_parts to velro_app;
grant update (held_bytes) on velro.users to velro_app;
