-- Signed statements of what the audit log holds, which are also given away: who has one can show later that something was taken out.
create table velro.audit_checkpoints (
  number bigint generated always as identity primary key,
  at timestamptz not null,
  -- Of each stream, from 0: its last entry.
  positions bigint[] not null check (cardinality(positions) = 64),
  heads bytea not null check (length(heads) = 64 * 32),
  -- As it is given away (docs/audit.md).
  note text not null check (length(note) between 1 and 2000)
);
create index audit_checkpoints_by_time on velro.audit_checkpoints (at);

-- What stands for entries whose retention is over: up to where a stream was cut off, and the head there.
create table velro.audit_trims (
  stream smallint primary key references velro.audit_streams,
  position bigint not null check (position > 0),
  head bytea not null check (length(head) = 32),
  -- Of the last entry that went.
  through timestamptz not null,
  -- Ed25519, over all of these.
  signature bytea not null check (length(signature) = 64)
);

-- To whom the hashes in entries belong: it goes with the account.
create table velro.audit_subjects (
  pseudonym bytea primary key check (length(pseudonym) = 32),
  user_id uuid not null references velro.users on delete cascade
);
create index audit_subjects_of_user on velro.audit_subjects (user_id);

alter table velro.audit_keys drop constraint audit_keys_name_check;
alter table velro.audit_keys add constraint audit_keys_name_check check (name in ('chain', 'service', 'signer'));

alter table velro.audit_checkpoints enable row level security;
alter table velro.audit_trims enable row level security;
alter table velro.audit_subjects enable row level security;
create policy service on velro.audit_checkpoints to velro_app using (true) with check (true);
create policy service on velro.audit_trims for select to velro_app using (true);
create policy service on velro.audit_subjects to velro_app using (true) with check (true);
grant select, insert on velro.audit_checkpoints to velro_app;
grant select on velro.audit_trims to velro_app;
grant select, insert on velro.audit_subjects to velro_app;

-- Deletes the entries of a stream up to a position, which must all be older than a day and than `older_than`, and leaves a signed summary.
-- Returns how many. A summary that the service did not sign is found (npm run audit:verify): nothing here can tell.
create function velro.trim_audit_entries(which smallint, until_position bigint, older_than timestamptz, summary_signature bytea)
  returns bigint language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  last_head bytea;
  last_at timestamptz;
  trimmed bigint;
begin
  perform from velro.audit_streams s where s.stream = which for update;
  select e.mac, e.at into last_head, last_at from velro.audit_entries e where e.stream = which and e.position = until_position;
  if not found then return 0; end if;
  if last_at >= least(older_than, now() - interval '1 day') or exists (
    select from velro.audit_entries e where e.stream = which and e.position <= until_position and e.at >= least(older_than, now() - interval '1 day'))
  then
    raise exception 'entries of the audit log are too young to go' using errcode = 'check_violation';
  end if;
  delete from velro.audit_entries e where e.stream = which and e.position <= until_position;
  get diagnostics trimmed = row_count;
  insert into velro.audit_trims as t (stream, position, head, through, signature)
    values (which, until_position, last_head, last_at, summary_signature)
    on conflict (stream) do update set position = excluded.position, head = excluded.head, through = excluded.through, signature = excluded.signature;
  return trimmed;
end
$$;
revoke execute on function velro.trim_audit_entries from public;
grant execute on function velro.trim_audit_entries to velro_app;

-- As before, and to whom the hash belongs.
create or replace function velro.append_first_audit_entry(account uuid, sealed_key bytea, entry_id uuid, entry_action text, entry_actor bytea,
  entry_subject bytea, entry_request text, entry_payload bytea, inner_pad bytea, outer_pad bytea) returns void language plpgsql as $$
begin
  insert into velro.audit_subject_keys (user_id, sealed) values (account, sealed_key);
  insert into velro.audit_subjects (pseudonym, user_id) values (entry_subject, account) on conflict do nothing;
  perform velro.append_audit_entry(entry_id, entry_action, entry_actor, entry_subject, entry_request, entry_payload, inner_pad, outer_pad);
end
$$;
