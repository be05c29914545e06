-- Mails to an account's owner about what changed: each is stored in the transaction of the change. Once sent, the address is
-- erased, and the row is kept for an hour to bound how many of a kind an account gets.
create table velro.notices (
  id uuid primary key,
  user_id uuid not null references velro.users on delete cascade,
  kind text not null check (length(kind) between 1 and 40),
  -- The address at the time of the change; empty once sent.
  recipient text not null check (length(recipient) <= 320),
  -- Where the change came from.
  client_ip text not null check (length(client_ip) between 1 and 64),
  created_at timestamptz not null default now()
);
create index notices_user on velro.notices (user_id, kind, created_at);
create index notices_age on velro.notices (created_at);

alter table velro.notices enable row level security;
create policy service on velro.notices to velro_app using (true) with check (true);
grant select, insert, delete, update (recipient) on velro.notices to velro_app;
