-- Which sessions must write entries of what they do says the session itself: `velro.audits = on`, as the service sets it on each of its
-- connections while AUDIT_ENABLED is true. So a version that writes fewer entries can run beside one that writes more, for as long as a deploy takes.
-- It guards against code that forgets an entry, not against whoever has the service's role.

-- As before; and an entry that this transaction has already is not written again, so that a statement that changes several rows can name the
-- entry for each. The chain of its own connection is tried first: it is free, but for connections whose numbers are 64 apart. A transaction stays
-- with the chain that it took, so that it never waits for one while it holds another.
create or replace function velro.append_audit_entry(entry_id uuid, entry_action text, entry_actor bytea, entry_subject bytea, entry_request text,
  entry_payload bytea, inner_pad bytea, outer_pad bytea) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  first constant integer := pg_backend_pid() % 64;
  taken constant text := current_setting('velro.audit_stream', true);
  chosen smallint;
  entry_at constant timestamptz := clock_timestamp();
  head_before bytea;
  last_position bigint;
  entry_mac bytea;
begin
  perform from velro.audit_entries e where e.id = entry_id and e.xmin = pg_current_xact_id()::xid;
  if found then return; end if;
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

-- The first entry of an account, in the statement that adds the account: with the key under which the payload is sealed.
create function velro.append_first_audit_entry(account uuid, sealed_key bytea, entry_id uuid, entry_action text, entry_actor bytea,
  entry_subject bytea, entry_request text, entry_payload bytea, inner_pad bytea, outer_pad bytea) returns void language plpgsql as $$
begin
  insert into velro.audit_subject_keys (user_id, sealed) values (account, sealed_key);
  perform velro.append_audit_entry(entry_id, entry_action, entry_actor, entry_subject, entry_request, entry_payload, inner_pad, outer_pad);
end
$$;
revoke execute on function velro.append_first_audit_entry from public;
grant execute on function velro.append_first_audit_entry to velro_app;

-- Refuses to commit what was done without an entry of one of the named actions by the same transaction; of any action where none is named.
create or replace function velro.require_audit_entry() returns trigger language plpgsql as $$
begin
  if coalesce(current_setting('velro.audits', true), '') <> 'on' then return null; end if;
  perform from velro.audit_entries e where e.at >= now() and e.xmin = pg_current_xact_id()::xid
    and (tg_nargs = 0 or e.action = any(tg_argv)) limit 1;
  if found then return null; end if;
  raise exception 'nothing in the audit log says %', coalesce(array_to_string(tg_argv, ' or '), 'what was done to ' || tg_table_name)
    using errcode = 'integrity_constraint_violation';
end
$$;

create constraint trigger administrator_is_audited after insert on velro.users deferrable initially deferred
  for each row when (new.role in ('admin', 'super_admin')) execute function velro.require_audit_entry('user.role_changed');
create constraint trigger account_is_audited after insert on velro.users deferrable initially deferred
  for each row execute function velro.require_audit_entry('user.created');
create constraint trigger session_is_audited after insert on velro.sessions deferrable initially deferred
  for each row execute function velro.require_audit_entry('user.signed_in');
create constraint trigger session_end_is_audited after update of ended_at on velro.sessions deferrable initially deferred
  for each row when (old.ended_at is null and new.ended_at is not null) execute function velro.require_audit_entry();
create constraint trigger factor_is_audited after update of confirmed_at on velro.mfa_factors deferrable initially deferred
  for each row when (old.confirmed_at is null and new.confirmed_at is not null)
  execute function velro.require_audit_entry('factor.activated');
create constraint trigger factor_end_is_audited after delete on velro.mfa_factors deferrable initially deferred
  for each row when (old.confirmed_at is not null) execute function velro.require_audit_entry('factor.removed', 'user.deleted');
create constraint trigger recovery_codes_are_audited after insert on velro.mfa_recovery_codes deferrable initially deferred
  for each row execute function velro.require_audit_entry('factor.activated', 'factor.codes_replaced');
create constraint trigger recovery_code_is_audited after update of used_at on velro.mfa_recovery_codes deferrable initially deferred
  for each row when (old.used_at is null and new.used_at is not null) execute function velro.require_audit_entry('factor.code_used');
create constraint trigger key_is_audited after insert on velro.api_keys deferrable initially deferred
  for each row execute function velro.require_audit_entry('key.created');
create constraint trigger key_change_is_audited after update of hash, revoked_at, scopes, addresses, monthly_credits, daily_microusd,
    monthly_microusd, models on velro.api_keys deferrable initially deferred
  for each row when ((old.hash, old.revoked_at, old.scopes, old.addresses, old.monthly_credits, old.daily_microusd, old.monthly_microusd,
    old.models) is distinct from (new.hash, new.revoked_at, new.scopes, new.addresses, new.monthly_credits, new.daily_microusd,
    new.monthly_microusd, new.models))
  execute function velro.require_audit_entry('key.rotated', 'key.revoked', 'key.limited');
create constraint trigger agent_is_audited after insert or update on velro.agents deferrable initially deferred
  for each row execute function velro.require_audit_entry('agent.created', 'agent.changed', 'agent.published', 'agent.archived');
create constraint trigger agent_version_is_audited after insert or update on velro.agent_versions deferrable initially deferred
  for each row execute function velro.require_audit_entry('agent.created', 'agent.changed', 'agent.published');
create constraint trigger knowledge_is_audited after insert or update or delete on velro.knowledge_entries deferrable initially deferred
  for each row execute function velro.require_audit_entry('agent.changed');
create constraint trigger adjustment_is_audited after insert on velro.credit_entries deferrable initially deferred
  for each row when (new.kind = 'adjust') execute function velro.require_audit_entry('credits.adjusted');
create constraint trigger block_is_audited after insert on velro.blocks deferrable initially deferred
  for each row when (new.made_by is not null) execute function velro.require_audit_entry('block.added');
create constraint trigger lifting_is_audited after update of lifted_at on velro.blocks deferrable initially deferred
  for each row when (old.lifted_at is null and new.lifted_at is not null) execute function velro.require_audit_entry('block.lifted');
create constraint trigger webhook_endpoint_is_audited after insert on velro.webhook_endpoints deferrable initially deferred
  for each row execute function velro.require_audit_entry('webhook.created');
create constraint trigger page_agent_is_audited after insert or update or delete on velro.messenger_pages deferrable initially deferred
  for each row execute function velro.require_audit_entry('messenger.page_changed');
