-- Runs of db:backup, written as the database's owner; the service reads them, and says when one is overdue.
create table velro.backups (
  finished_at timestamptz primary key default clock_timestamp(),
  started_at timestamptz not null,
  -- 'incomplete': of the rows it is one, and objects are missing or damaged.
  outcome text not null check (outcome in ('succeeded', 'incomplete', 'failed')),
  -- Under which the target keeps it.
  name text check (length(name) <= 40),
  row_count bigint check (row_count >= 0),
  failure text check (length(failure) <= 200)
);
alter table velro.backups enable row level security;
create policy service on velro.backups for select to velro_app using (true);
grant select on velro.backups to velro_app;

-- For which last success it was said that the next is overdue: once, by whichever instance looks first.
create table velro.backup_watch (
  singleton boolean primary key default true check (singleton),
  told_for timestamptz
);
insert into velro.backup_watch default values;
alter table velro.backup_watch enable row level security;
create policy service on velro.backup_watch to velro_app using (true) with check (true);
grant select, update on velro.backup_watch to velro_app;
