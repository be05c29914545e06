-- Messages that other systems handed to an agent, by their ids at the sender: one that comes again is not asked again. Stored with its question.
create table velro.gateway_messages (
  id text primary key check (length(id) between 1 and 200),
  user_id uuid not null references velro.users on delete cascade,
  conversation_id uuid not null,
  received_at timestamptz not null default now()
);
create index gateway_messages_received on velro.gateway_messages (received_at);
create index gateway_messages_of_user on velro.gateway_messages (user_id);
alter table velro.gateway_messages enable row level security;
create policy service on velro.gateway_messages to velro_app using (true) with check (true);
grant select, insert, delete on velro.gateway_messages to velro_app;
