-- A change of an account's address that waits for the link in the mail to the new one. The link's token is derived from the row
-- by a key that is not in the database. `epoch`: whatever ends the account's sessions ends the change too.
create table velro.email_changes (
  id uuid primary key,
  user_id uuid not null unique references velro.users on delete cascade,
  email text not null check (length(email) between 3 and 320),
  epoch integer not null,
  created_at timestamptz not null default now()
);
create index email_changes_age on velro.email_changes (created_at);

alter table velro.email_changes enable row level security;
create policy service on velro.email_changes to velro_app using (true) with check (true);
grant select, insert, delete, update on velro.email_changes to velro_app;
