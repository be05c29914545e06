-- Reports of maintenance that were made: which, when, what came of it and what it said. Nothing in them names a person. Each one stays.
create table velro.maintenance_reports (
  id uuid primary key,
  task text not null check (task ~ '^[a-z][a-z-]{1,60}$'),
  at timestamptz not null default now(),
  -- 'not_done': something that it takes was not there, so that it is due all the same.
  outcome text not null check (outcome in ('nothing_found', 'found', 'not_done')),
  lines text[] not null check (cardinality(lines) <= 200)
);
create index maintenance_reports_by_task on velro.maintenance_reports (task, at desc);
alter table velro.maintenance_reports enable row level security;
create policy service on velro.maintenance_reports to velro_app using (true) with check (true);
grant select, insert on velro.maintenance_reports to velro_app;
create constraint trigger maintenance_report_is_audited after insert on velro.maintenance_reports deferrable initially deferred
  for each row execute function velro.require_audit_entry('maintenance.reported');
