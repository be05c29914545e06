-- What each audited effect pays: the reference to the streams made every entry look its stream up and lock it a second time, though the function
-- that appends holds it already and no other writes; and whether the transaction has the entry is asked where it has any.
alter table velro.audit_entries drop constraint audit_entries_stream_fkey;
alter table velro.audit_entries add constraint audit_entries_stream_check check (stream between 0 and 63) not valid;

create or replace function velro.append_audit_entry(entry_id uuid, entry_action text, entry_actor bytea, entry_subject bytea, entry_request text,
  entry_payload bytea, inner_pad bytea, outer_pad bytea) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  first constant integer := pg_backend_pid() % 64;
  taken constant text := coalesce(current_setting('velro.audit_stream', true), '');
  chosen smallint;
  entry_at constant timestamptz := clock_timestamp();
  head_before bytea;
  last_position bigint;
  entry_mac bytea;
begin
  if taken <> '' then
    perform from velro.audit_entries e where e.id = entry_id and e.xmin = pg_current_xact_id()::xid;
    if found then return; end if;
  end if;
  select s.stream, s.head, s.position into chosen, head_before, last_position from velro.audit_streams s
    where s.stream = coalesce(nullif(taken, '')::integer, first) for update skip locked;
  if not found then
    select s.stream, s.head, s.position into chosen, head_before, last_position from velro.audit_streams s
      order by (s.stream - first + 64) % 64 limit 1 for update skip locked;
  end if;
  if not found then
    select s.stream, s.head, s.position into strict chosen, head_before, last_position from velro.audit_streams s
      where s.stream = first for update;
  end if;
  perform set_config('velro.audit_stream', chosen::text, true);
  entry_mac := sha256(outer_pad || sha256(inner_pad || head_before || int2send(chosen) || int8send(last_position + 1) ||
    uuid_send(entry_id) || int8send((extract(epoch from entry_at) * 1000000)::bigint) ||
    velro.audit_field(convert_to(entry_action, 'UTF8')) || velro.audit_field(entry_actor) || velro.audit_field(entry_subject) ||
    velro.audit_field(convert_to(entry_request, 'UTF8')) || velro.audit_field(entry_payload)));
  insert into velro.audit_entries (stream, position, id, at, action, actor, subject, request_id, payload, mac)
    values (chosen, last_position + 1, entry_id, entry_at, entry_action, entry_actor, entry_subject, entry_request, entry_payload, entry_mac);
  update velro.audit_streams s set position = last_position + 1, head = entry_mac where s.stream = chosen;
end
$$;
