-- Calls for pictures by clients of OpenAI, by the hash of their body: a client that repeats one joins it by its key, so that the picture
-- is paid once. Kept for ten minutes after the latest repetition.
create table velro.openai_image_calls (
  user_id uuid not null references velro.users on delete cascade,
  call_hash bytea not null,
  idempotency_key text not null,
  -- The highest number of a repetition that joined it: of equal calls at once each repetition finds its own.
  repetition integer not null,
  seen_at timestamptz not null default now(),
  primary key (user_id, call_hash, idempotency_key)
);
create index openai_image_calls_by_age on velro.openai_image_calls (seen_at);
alter table velro.openai_image_calls enable row level security;
create policy service on velro.openai_image_calls to velro_app using (true) with check (true);
grant select, insert, update, delete on velro.openai_image_calls to velro_app;
