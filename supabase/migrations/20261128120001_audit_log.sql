-- The audit log: what was done to accounts and to the service, by whom, written in the transaction of what was done. Entries are chained: each
-- has an HMAC over itself and the one before, under a key that the database never sees, so that a changed, removed, inserted or moved
-- entry is found (npm run audit:verify). The service can neither change nor delete an entry.

-- There are several chains, so that effects do not wait for each other: a transaction appends to one that no other is using.
create table velro.audit_streams (
  stream smallint primary key check (stream between 0 and 63),
  -- Of the last entry; 0 where there is none.
  position bigint not null default 0,
  head bytea not null default decode(repeat('00', 32), 'hex') check (length(head) = 32)
) with (fillfactor = 10);
insert into velro.audit_streams (stream) select generate_series(0, 63);

create table velro.audit_entries (
  stream smallint not null references velro.audit_streams,
  position bigint not null check (position > 0),
  id uuid not null unique,
  at timestamptz not null,
  action text not null check (action ~ '^[a-z_.]{1,60}$'),
  -- HMAC-SHA-256 of the account that acted, and of the one that was acted on; null for none.
  actor bytea check (length(actor) = 32),
  subject bytea check (length(subject) = 32),
  request_id text check (length(request_id) between 1 and 100),
  -- Sealed; see docs/audit.md.
  payload bytea not null check (length(payload) between 1 and 65536),
  mac bytea not null check (length(mac) = 32),
  primary key (stream, position)
);
create index audit_entries_by_time on velro.audit_entries (at, id);
create index audit_entries_of_actor on velro.audit_entries (actor, at, id) where actor is not null;
create index audit_entries_of_subject on velro.audit_entries (subject, at, id) where subject is not null;

-- The key of the chain and the key of what concerns no account, sealed under AUDIT_ENC_KEY.
create table velro.audit_keys (
  name text primary key check (name in ('chain', 'service')),
  sealed bytea not null
);
-- Under which what concerns an account is sealed: with the account goes its key, and with that what was said of it.
create table velro.audit_subject_keys (
  user_id uuid primary key references velro.users on delete cascade,
  sealed bytea not null
);

alter table velro.audit_streams enable row level security;
alter table velro.audit_entries enable row level security;
alter table velro.audit_keys enable row level security;
alter table velro.audit_subject_keys enable row level security;
create policy service on velro.audit_streams for select to velro_app using (true);
create policy service on velro.audit_entries for select to velro_app using (true);
create policy service on velro.audit_keys to velro_app using (true) with check (true);
create policy service on velro.audit_subject_keys to velro_app using (true) with check (true);
grant select on velro.audit_streams, velro.audit_entries to velro_app;
grant select, insert, update (sealed) on velro.audit_keys, velro.audit_subject_keys to velro_app;

-- A field as the chain has it: its length, then its bytes; -1 for null.
create function velro.audit_field(field bytea) returns bytea language sql immutable as $$
  select case when field is null then int4send(-1) else int4send(length(field)) || field end
$$;

-- Appends an entry to a chain that no other transaction is using; where all are in use, it waits for one. `inner_pad` and `outer_pad`: the key of this
-- entry alone, as HMAC pads it (RFC 2104). As the owner: the service itself may not write here. pg_temp comes last: left out, it would come first,
-- and a type of that name there would run as the owner.
create function velro.append_audit_entry(entry_id uuid, entry_action text, entry_actor bytea, entry_subject bytea, entry_request text,
  entry_payload bytea, inner_pad bytea, outer_pad bytea) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  first constant integer := pg_backend_pid() % 64;
  chosen smallint;
  entry_at constant timestamptz := clock_timestamp();
  head_before bytea;
  last_position bigint;
  entry_mac bytea;
  audited text;
begin
  select s.stream, s.head, s.position into chosen, head_before, last_position from velro.audit_streams s
    order by (s.stream - first + 64) % 64 limit 1 for update skip locked;
  if not found then
    select s.stream, s.head, s.position into strict chosen, head_before, last_position from velro.audit_streams s
      where s.stream = first for update;
  end if;
  entry_mac := sha256(outer_pad || sha256(inner_pad || head_before || int2send(chosen) || int8send(last_position + 1) ||
    uuid_send(entry_id) || int8send((extract(epoch from entry_at) * 1000000)::bigint) ||
    velro.audit_field(convert_to(entry_action, 'UTF8')) || velro.audit_field(entry_actor) || velro.audit_field(entry_subject) ||
    velro.audit_field(convert_to(entry_request, 'UTF8')) || velro.audit_field(entry_payload)));
  insert into velro.audit_entries (stream, position, id, at, action, actor, subject, request_id, payload, mac)
    values (chosen, last_position + 1, entry_id, entry_at, entry_action, entry_actor, entry_subject, entry_request, entry_payload, entry_mac);
  update velro.audit_streams s set position = last_position + 1, head = entry_mac where s.stream = chosen;
  audited := coalesce(current_setting('velro.audited', true), '');
  if position(' ' || entry_action || ' ' in audited) = 0 then
    perform set_config('velro.audited', audited || ' ' || entry_action || ' ', true);
  end if;
end
$$;

-- Refuses to let the service commit what was done without an entry of one of the named actions in the same transaction.
create function velro.require_audit_entry() returns trigger language plpgsql as $$
declare
  audited constant text := coalesce(current_setting('velro.audited', true), '');
  one text;
begin
  if current_user <> 'velro_app' then return null; end if;
  foreach one in array tg_argv loop
    if position(' ' || one || ' ' in audited) > 0 then return null; end if;
  end loop;
  raise exception 'nothing in the audit log says %', array_to_string(tg_argv, ' or ') using errcode = 'integrity_constraint_violation';
end
$$;
create constraint trigger role_is_audited after update of role on velro.users deferrable initially deferred
  for each row when (old.role is distinct from new.role) execute function velro.require_audit_entry('user.role_changed');
create constraint trigger disabling_is_audited after update of disabled_at on velro.users deferrable initially deferred
  for each row when ((old.disabled_at is null) <> (new.disabled_at is null))
  execute function velro.require_audit_entry('user.disabled', 'user.enabled');
create constraint trigger switch_is_audited after update of enabled on velro.ai_switch deferrable initially deferred
  for each row when (old.enabled <> new.enabled) execute function velro.require_audit_entry('ai.switched');

revoke execute on function velro.append_audit_entry, velro.audit_field, velro.require_audit_entry from public;
grant execute on function velro.append_audit_entry to velro_app;
