-- What only a person can say of a deployment, and who said it: the newest word of a control counts, and each one stays.
create table velro.control_attestations (
  id uuid primary key,
  control text not null check (length(control) between 1 and 100),
  at timestamptz not null default now(),
  -- Null once that account is gone.
  reviewer_id uuid references velro.users on delete set null,
  note text not null check (length(note) between 1 and 500)
);
create index control_attestations_by_control on velro.control_attestations (control, at desc, id desc);
create index control_attestations_of_reviewer on velro.control_attestations (reviewer_id);
alter table velro.control_attestations enable row level security;
create policy service on velro.control_attestations to velro_app using (true) with check (true);
grant select, insert on velro.control_attestations to velro_app;
create constraint trigger control_attestation_is_audited after insert on velro.control_attestations deferrable initially deferred
  for each row execute function velro.require_audit_entry('control.attested');

-- Security audits that were made, with how many lines were which.
create table velro.control_audits (
  id uuid primary key,
  at timestamptz not null default now(),
  reviewer_id uuid references velro.users on delete set null,
  failed integer not null check (failed >= 0),
  not_looked_at integer not null check (not_looked_at >= 0),
  attested integer not null check (attested >= 0),
  passed integer not null check (passed >= 0),
  not_applicable integer not null check (not_applicable >= 0)
);
create index control_audits_by_time on velro.control_audits (at desc, id desc);
create index control_audits_of_reviewer on velro.control_audits (reviewer_id);
alter table velro.control_audits enable row level security;
create policy service on velro.control_audits to velro_app using (true) with check (true);
grant select, insert on velro.control_audits to velro_app;
create constraint trigger control_audit_is_audited after insert on velro.control_audits deferrable initially deferred
  for each row execute function velro.require_audit_entry('controls.audited');
