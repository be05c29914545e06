-- Mails to an account's owner about what changed: each is stored in the transaction of the change, and deleted once sent.
create table velro.notices (
  id uuid primary key,
  user_id uuid not null references velro.users on delete cascade,
  kind text not null check (length(kind) between 1 and 40),
  -- The address at the time of the change; a change of the address tells both.
  recipient text not null check (length(recipient) between 3 and 320),
  -- Where the change came from.
  client_ip text not null check (length(client_ip) between 1 and 64),
  created_at timestamptz not null default now()
);
create index notices_user on velro.notices (user_id);
create index notices_age on velro.notices (created_at);

alter table velro.notices enable row level security;
create policy service on velro.notices to velro_app using (true) with check (true);
grant select, insert, delete on velro.notices to velro_app;
