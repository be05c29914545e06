-- The latest call for a picture by a client of OpenAI, by the hash of its body: a client that repeats it joins it by its key, so that
-- the picture is paid once. Kept for ten minutes.
create table velro.openai_image_calls (
  user_id uuid not null references velro.users on delete cascade,
  call_hash bytea not null,
  idempotency_key text not null,
  created_at timestamptz not null default now(),
  primary key (user_id, call_hash)
);
create index openai_image_calls_by_age on velro.openai_image_calls (created_at);
alter table velro.openai_image_calls enable row level security;
create policy service on velro.openai_image_calls to velro_app using (true) with check (true);
grant select, insert, update, delete on velro.openai_image_calls to velro_app;
