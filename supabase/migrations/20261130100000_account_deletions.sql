-- Deletion of accounts: asked for, carried out when the time of grace is over, and then known by a keyed hash alone.

create table velro.account_deletions (
  -- No reference: the row outlives the account's, until nothing of it is left.
  user_id uuid primary key,
  requested_at timestamptz not null default now(),
  due_at timestamptz not null,
  -- waiting: may be cancelled. closing: signed out everywhere, and what is under way ends. erasing: its rows and objects go. removing: its
  -- identity at the provider goes, then its own row. checking: all of it is counted once more.
  stage text not null default 'waiting' check (stage in ('waiting', 'closing', 'erasing', 'removing', 'checking')),
  closed_at timestamptz,
  -- From then on: keyed hashes of the address, by which counts and events are found when the account's row is gone.
  address_hashes bytea[] not null default '{}',
  -- When there is something to do; while a worker has the claim, when the claim ends.
  work_at timestamptz not null,
  claim uuid,
  -- In a row.
  failures integer not null default 0 check (failures >= 0)
);
create index account_deletions_with_work on velro.account_deletions (work_at);

-- Accounts that were erased. The hash is that of the audit log: HMAC-SHA-256 of the id by a key derived from PSEUDONYM_KEY.
create table velro.erased_accounts (
  pseudonym bytea primary key check (length(pseudonym) = 32),
  erased_at timestamptz not null default now()
);

-- Keyed hashes of addresses of erased accounts, which had their first credits: for a time they get none again.
create table velro.spent_first_credits (
  address bytea primary key check (length(address) = 32),
  until timestamptz not null
);
create index spent_first_credits_by_end on velro.spent_first_credits (until);

-- Of an account that is erased: it is finished once the storage has removed them all. Null for what else is removed.
alter table velro.storage_removals add column user_id uuid;

do $$
declare name text;
begin
  foreach name in array array['account_deletions', 'erased_accounts', 'spent_first_credits'] loop
    execute format('alter table velro.%I enable row level security', name);
    execute format('create policy service on velro.%I to velro_app using (true) with check (true)', name);
  end loop;
end
$$;
grant select, insert, update, delete on velro.account_deletions to velro_app;
grant select, insert on velro.erased_accounts to velro_app;
grant select, insert, update, delete on velro.spent_first_credits to velro_app;
grant update (user_id) on velro.storage_removals to velro_app;

create constraint trigger deletion_is_audited after insert on velro.account_deletions deferrable initially deferred
  for each row execute function velro.require_audit_entry('deletion.requested', 'deletion.applied');
create constraint trigger cancellation_is_audited after delete on velro.account_deletions deferrable initially deferred
  for each row when (old.stage = 'waiting') execute function velro.require_audit_entry('deletion.cancelled');
create constraint trigger removal_is_audited after delete on velro.users deferrable initially deferred
  for each row execute function velro.require_audit_entry('user.deleted');

-- That a version loses its author is no change of the agent.
drop trigger agent_version_is_audited on velro.agent_versions;
create constraint trigger agent_version_is_audited after insert on velro.agent_versions deferrable initially deferred
  for each row execute function velro.require_audit_entry('agent.created', 'agent.changed', 'agent.published');
create constraint trigger agent_version_change_is_audited after update on velro.agent_versions deferrable initially deferred
  for each row when (old.author_id is null or new.author_id is not null)
  execute function velro.require_audit_entry('agent.created', 'agent.changed', 'agent.published');

-- What an account did to others loses who did it: then nobody is named.
alter table velro.credit_entries
  drop constraint credit_entries_adjust_check,
  add constraint credit_entries_adjust_check
    check ((kind = 'adjust' or actor_id is null) and (kind <> 'adjust' or reason is not null)) not valid;

-- The service itself may neither delete nor change rows of the ledger, of accounts and of the security events. It may have the database do it
-- for an account that is being erased, in batches: each function returns how many rows it took.
create function velro.require_erasure(account uuid) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform from velro.account_deletions d where d.user_id = account and d.stage in ('erasing', 'removing', 'checking');
  if not found then raise exception 'the account is not being erased' using errcode = 'insufficient_privilege'; end if;
end
$$;

create function velro.erase_ledger(account uuid, hashes text[], at_most integer) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  taken integer;
begin
  perform velro.require_erasure(account);
  delete from velro.credit_entries where id = any (array(
    select e.id from velro.credit_entries e where e.user_id = account order by e.id desc limit at_most));
  get diagnostics taken = row_count;
  return taken;
end
$$;

create function velro.forget_actor(account uuid, hashes text[], at_most integer) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  of_ledger integer;
  of_blocks integer;
begin
  perform velro.require_erasure(account);
  update velro.credit_entries set actor_id = null where id = any (array(
    select e.id from velro.credit_entries e where e.actor_id = account limit at_most));
  get diagnostics of_ledger = row_count;
  update velro.blocks set made_by = null where id = any (array(
    select b.id from velro.blocks b where b.made_by = account limit at_most));
  get diagnostics of_blocks = row_count;
  return of_ledger + of_blocks;
end
$$;

create function velro.forget_in_events(account uuid, hashes text[], at_most integer) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  taken integer;
begin
  perform velro.require_erasure(account);
  update velro.security_events e set user_id = nullif(e.user_id, forget_in_events.account),
      account = case when e.account = any (hashes) then null else e.account end
    where e.id = any (array(
      (select o.id from velro.security_events o where o.user_id = forget_in_events.account limit at_most)
      union all
      (select o.id from velro.security_events o where o.account = any (hashes) limit at_most)));
  get diagnostics taken = row_count;
  return taken;
end
$$;

-- Whom an event is about beside the account that caused it.
create function velro.person_in_details(details jsonb) returns text language sql immutable parallel safe
  return coalesce(details ->> 'target_id', details ->> 'target', details ->> 'budget');

create function velro.forget_in_event_details(account uuid, hashes text[], at_most integer) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  taken integer;
begin
  perform velro.require_erasure(account);
  update velro.security_events e set details = e.details - 'target_id' - 'target' - 'budget'
    where e.id = any (array(
      select o.id from velro.security_events o
      where velro.person_in_details(o.details) = any (array[forget_in_event_details.account::text, 'person:' || forget_in_event_details.account]) limit at_most));
  get diagnostics taken = row_count;
  return taken;
end
$$;

create function velro.forget_in_alerts(account uuid, hashes text[], at_most integer) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  taken integer;
begin
  perform velro.require_erasure(account);
  update velro.security_alerts a set payload = jsonb_set(a.payload, '{data,user_id}', 'null')
    where a.id = any (array(
      select o.id from velro.security_alerts o where o.payload #>> '{data,user_id}' = account::text limit at_most));
  get diagnostics taken = row_count;
  return taken;
end
$$;

-- The account's own row, and the few rows that go with it. False where it is gone.
create function velro.remove_account(account uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform velro.require_erasure(account);
  delete from velro.users where id = account;
  return found;
end
$$;

revoke execute on function velro.require_erasure, velro.erase_ledger, velro.forget_actor, velro.forget_in_events,
  velro.forget_in_event_details, velro.forget_in_alerts, velro.remove_account from public;
grant execute on function velro.erase_ledger, velro.forget_actor, velro.forget_in_events, velro.forget_in_event_details,
  velro.forget_in_alerts, velro.remove_account to velro_app;
