-- Who looked through who may do what, and what it was then.
create table velro.access_attestations (
  id uuid primary key,
  at timestamptz not null default now(),
  -- Null once that account is gone.
  reviewer_id uuid references velro.users on delete set null,
  administrators integer not null check (administrators >= 0),
  stale_keys integer not null check (stale_keys >= 0),
  note text not null check (length(note) between 1 and 500)
);
create index access_attestations_by_time on velro.access_attestations (at desc, id desc);
create index access_attestations_of_reviewer on velro.access_attestations (reviewer_id);
alter table velro.access_attestations enable row level security;
create policy service on velro.access_attestations to velro_app using (true) with check (true);
grant select, insert on velro.access_attestations to velro_app;
create constraint trigger attestation_is_audited after insert on velro.access_attestations deferrable initially deferred
  for each row execute function velro.require_audit_entry('access.attested');
