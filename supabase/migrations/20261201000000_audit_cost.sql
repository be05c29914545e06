-- What each audited effect pays. PostgreSQL prepares every check of a table anew for every statement, and these took a third of the time of an entry: one function
-- alone writes here, and asks the same once.
-- In the order in which an entry takes them.
lock table velro.audit_streams, velro.audit_entries in access exclusive mode;
alter table velro.audit_entries drop constraint audit_entries_stream_check, drop constraint audit_entries_position_check,
  drop constraint audit_entries_action_check, drop constraint audit_entries_actor_check, drop constraint audit_entries_subject_check,
  drop constraint audit_entries_request_id_check, drop constraint audit_entries_payload_check, drop constraint audit_entries_mac_check;
alter table velro.audit_streams drop constraint audit_streams_stream_check, drop constraint audit_streams_head_check;

-- And whether a transaction has its entry was asked by time, among those that others were writing meanwhile. A transaction now notes which entries are its
-- own: a chain, and its first place in it. What follows there is its own, for it holds the chain until it ends.
create or replace function velro.append_audit_entry(entry_id uuid, entry_action text, entry_actor bytea, entry_subject bytea, entry_request text,
  entry_payload bytea, inner_pad bytea, outer_pad bytea) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  own constant text := coalesce(current_setting('velro.audit_entries', true), '');
  own_stream constant smallint := nullif(split_part(own, ' ', 1), '')::smallint;
  first constant integer := coalesce(own_stream, pg_backend_pid() % 64);
  chosen smallint;
  entry_at constant timestamptz := clock_timestamp();
  head_before bytea;
  last_position bigint;
  entry_mac bytea;
begin
  if (entry_action ~ '^[a-z_.]+$' and length(entry_action) <= 60 and coalesce(length(entry_actor), 32) = 32 and coalesce(length(entry_subject), 32) = 32
    and coalesce(length(entry_request), 1) between 1 and 100 and length(entry_payload) between 1 and 65536 and length(inner_pad) = 64
    and length(outer_pad) = 64) is not true then
    raise exception 'no entry of the audit log looks like this' using errcode = 'check_violation';
  end if;
  if own <> '' then
    perform from velro.audit_entries e where e.id = entry_id and e.xmin = pg_current_xact_id()::xid;
    if found then return; end if;
  end if;
  select s.stream, s.head, s.position into chosen, head_before, last_position from velro.audit_streams s
    where s.stream = first for update skip locked;
  if not found then
    select s.stream, s.head, s.position into chosen, head_before, last_position from velro.audit_streams s
      order by (s.stream - first + 64) % 64 limit 1 for update skip locked;
  end if;
  if not found then
    select s.stream, s.head, s.position into strict chosen, head_before, last_position from velro.audit_streams s
      where s.stream = first for update;
  end if;
  if chosen is distinct from own_stream then
    perform set_config('velro.audit_entries', chosen || ' ' || (last_position + 1), true);
  end if;
  entry_mac := sha256(outer_pad || sha256(inner_pad || head_before || int2send(chosen) || int8send(last_position + 1) ||
    uuid_send(entry_id) || int8send((extract(epoch from entry_at) * 1000000)::bigint) ||
    velro.audit_field(convert_to(entry_action, 'UTF8')) || velro.audit_field(entry_actor) || velro.audit_field(entry_subject) ||
    velro.audit_field(convert_to(entry_request, 'UTF8')) || velro.audit_field(entry_payload)));
  insert into velro.audit_entries (stream, position, id, at, action, actor, subject, request_id, payload, mac)
    values (chosen, last_position + 1, entry_id, entry_at, entry_action, entry_actor, entry_subject, entry_request, entry_payload, entry_mac);
  update velro.audit_streams s set position = last_position + 1, head = entry_mac where s.stream = chosen;
end
$$;

-- As before; where the transaction's own entries are noted, these are asked first. Whoever notes others gains nothing: they were not written by
-- this transaction.
create or replace function velro.require_audit_entry() returns trigger language plpgsql as $$
declare
  own text;
begin
  if coalesce(current_setting('velro.audits', true), '') <> 'on' then return null; end if;
  own := coalesce(current_setting('velro.audit_entries', true), '');
  if own <> '' then
    perform from velro.audit_entries e where e.stream = split_part(own, ' ', 1)::smallint and e.position >= split_part(own, ' ', 2)::bigint
      and e.xmin = pg_current_xact_id()::xid and (tg_nargs = 0 or e.action = any(tg_argv)) limit 1;
    if found then return null; end if;
  end if;
  perform from velro.audit_entries e where e.at >= now() and e.xmin = pg_current_xact_id()::xid
    and (tg_nargs = 0 or e.action = any(tg_argv)) limit 1;
  if found then return null; end if;
  raise exception 'nothing in the audit log says %', coalesce(array_to_string(tg_argv, ' or '), 'what was done to ' || tg_table_name)
    using errcode = 'integrity_constraint_violation';
end
$$;
