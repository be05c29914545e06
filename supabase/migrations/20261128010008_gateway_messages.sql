-- Messages that other systems handed to an agent, by the account and their ids at the sender, with the answer that they began: one that
-- comes again is not asked again, unless nothing was answered.
create table velro.gateway_messages (
  user_id uuid not null references velro.users on delete cascade,
  id text not null check (length(id) between 1 and 200),
  conversation_id text not null,
  run_id uuid not null,
  -- Of the message that answers.
  answer_id text not null,
  received_at timestamptz not null default now(),
  primary key (user_id, id)
);
create index gateway_messages_received on velro.gateway_messages (received_at);
alter table velro.gateway_messages enable row level security;
create policy service on velro.gateway_messages to velro_app using (true) with check (true);
grant select, insert, update, delete on velro.gateway_messages to velro_app;
