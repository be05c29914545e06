-- Incidents: what the command of an operator wrote down about each, and what was done.
create table velro.incidents (
  id uuid primary key,
  kind text not null check (kind in ('key_compromised', 'limits_exceeded', 'system_compromise', 'data_breach')),
  title text not null check (length(title) between 1 and 200),
  -- From here the clocks of the law run.
  discovered_at timestamptz not null,
  opened_at timestamptz not null default now(),
  -- As the operator called himself: no account.
  opened_by text not null check (length(opened_by) between 1 and 100),
  isolated_at timestamptz,
  reopened_at timestamptz,
  closed_at timestamptz,
  cause text check (length(cause) between 1 and 10000),
  measures text check (length(measures) between 1 and 10000),
  post_mortem text check (length(post_mortem) between 1 and 200000),
  check (discovered_at <= opened_at + interval '1 minute'),
  check ((closed_at is null) = (cause is null) and (closed_at is null) = (measures is null) and (closed_at is null) = (post_mortem is null))
);
alter table velro.incidents enable row level security;
create policy service on velro.incidents to velro_app using (true) with check (true);
grant select, insert, update (isolated_at, reopened_at, closed_at, cause, measures, post_mortem) on velro.incidents to velro_app;
create constraint trigger incident_is_audited after insert on velro.incidents deferrable initially deferred
  for each row execute function velro.require_audit_entry('incident.opened');
create constraint trigger isolation_is_audited after update of isolated_at on velro.incidents deferrable initially deferred
  for each row when (old.isolated_at is distinct from new.isolated_at) execute function velro.require_audit_entry('incident.isolated');
create constraint trigger reopening_is_audited after update of reopened_at on velro.incidents deferrable initially deferred
  for each row when (old.reopened_at is distinct from new.reopened_at)
  execute function velro.require_audit_entry('incident.reopened', 'incident.isolated');
create constraint trigger closing_is_audited after update of closed_at on velro.incidents deferrable initially deferred
  for each row when (old.closed_at is distinct from new.closed_at) execute function velro.require_audit_entry('incident.closed');

create table velro.incident_notes (
  id uuid primary key,
  incident_id uuid not null references velro.incidents,
  at timestamptz not null default now(),
  written_by text not null check (length(written_by) between 1 and 100),
  text text not null check (length(text) between 1 and 10000)
);
create index incident_notes_of_incident on velro.incident_notes (incident_id, at, id);
alter table velro.incident_notes enable row level security;
create policy service on velro.incident_notes to velro_app using (true) with check (true);
grant select, insert on velro.incident_notes to velro_app;
create constraint trigger incident_note_is_audited after insert on velro.incident_notes deferrable initially deferred
  for each row execute function velro.require_audit_entry('incident.noted');

-- Accounts that an incident touched, and when a mail about it was put into the queue.
create table velro.incident_affected (
  incident_id uuid not null references velro.incidents,
  user_id uuid not null references velro.users on delete cascade,
  found_at timestamptz not null default now(),
  notified_at timestamptz,
  primary key (incident_id, user_id)
);
create index incident_affected_of_user on velro.incident_affected (user_id, incident_id);
create index incident_affected_untold on velro.incident_affected (incident_id, user_id) where notified_at is null;
alter table velro.incident_affected enable row level security;
create policy service on velro.incident_affected to velro_app using (true) with check (true);
grant select, insert, delete, update (notified_at) on velro.incident_affected to velro_app;
create constraint trigger incident_affected_is_audited after insert on velro.incident_affected deferrable initially deferred
  for each row execute function velro.require_audit_entry('incident.affected');
create constraint trigger incident_notified_is_audited after update of notified_at on velro.incident_affected deferrable initially deferred
  for each row when (old.notified_at is distinct from new.notified_at) execute function velro.require_audit_entry('incident.notified');

-- Archives of evidence that were given away: what each was signed over.
create table velro.incident_evidence (
  id uuid primary key,
  incident_id uuid not null references velro.incidents,
  at timestamptz not null default now(),
  manifest_hash bytea not null check (length(manifest_hash) = 32)
);
create index incident_evidence_of_incident on velro.incident_evidence (incident_id, at, id);
alter table velro.incident_evidence enable row level security;
create policy service on velro.incident_evidence to velro_app using (true) with check (true);
grant select, insert on velro.incident_evidence to velro_app;
create constraint trigger incident_evidence_is_audited after insert on velro.incident_evidence deferrable initially deferred
  for each row execute function velro.require_audit_entry('incident.evidence_kept');

-- Whether anybody may sign in, on every instance. While it is closed every token is refused, whenever it was made; afterwards those that
-- were made before it was opened again.
create table velro.sign_in_switch (
  singleton boolean primary key default true check (singleton),
  closed_at timestamptz,
  incident_id uuid references velro.incidents,
  tokens_after timestamptz,
  check ((closed_at is null) = (incident_id is null))
);
insert into velro.sign_in_switch default values;
alter table velro.sign_in_switch enable row level security;
create policy service on velro.sign_in_switch to velro_app using (true) with check (true);
grant select, update (closed_at, incident_id, tokens_after) on velro.sign_in_switch to velro_app;
create constraint trigger sign_in_switch_is_audited after update of closed_at on velro.sign_in_switch deferrable initially deferred
  for each row when (old.closed_at is distinct from new.closed_at)
  execute function velro.require_audit_entry('incident.isolated', 'incident.reopened');

create function velro.announce_sign_in_switch() returns trigger language plpgsql as $$
begin
  perform pg_notify('velro_revocations', '{}');
  return null;
end
$$;
create trigger announce after update on velro.sign_in_switch for each row execute function velro.announce_sign_in_switch();

-- No row ever stands in it. Whoever begins or renews a session locks it in row share mode until the transaction ends; closing it takes it alone.
create table velro.sign_in_gate (singleton boolean primary key);
alter table velro.sign_in_gate enable row level security;
create policy service on velro.sign_in_gate to velro_app using (true) with check (true);
grant select, update, delete on velro.sign_in_gate to velro_app;
