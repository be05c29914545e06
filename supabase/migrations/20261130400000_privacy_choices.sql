-- What persons agreed to, refused and object to, and when. Only ever added to: the latest row of a purpose holds, the others are the proof of what held
-- before. They go with the account.
create table velro.privacy_choices (
  user_id uuid not null references velro.users on delete cascade,
  -- `external_ai`, `privacy_policy`, …: config/policy/privacy/consents.ts.
  purpose text not null check (purpose ~ '^[a-z_]{1,40}$'),
  number bigint generated always as identity,
  -- Agreed, read, objected; or no longer.
  chosen boolean not null,
  -- Of the text that was shown, with its hash.
  version text not null check (version ~ '^\d{4}-\d{2}-\d{2}$'),
  text_sha256 bytea not null check (length(text_sha256) = 32),
  -- request: the person said so. signal: their browser did (Global Privacy Control).
  source text not null check (source in ('request', 'signal')),
  decided_at timestamptz not null default clock_timestamp(),
  primary key (user_id, purpose, number)
);

alter table velro.privacy_choices enable row level security;
create policy service on velro.privacy_choices to velro_app using (true) with check (true);
grant select, insert on velro.privacy_choices to velro_app;

create constraint trigger privacy_choice_is_audited after insert on velro.privacy_choices deferrable initially deferred
  for each row execute function velro.require_audit_entry('privacy.chosen');

-- Whether an account lets its data be used for a purpose: not after a refusal; and where it must agree before, not without it or for a text that is none of
-- `versions`.
create function velro.allows_purpose(account uuid, of_purpose text, versions text[], is_required boolean) returns boolean
  language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(
    (select c.chosen and (not is_required or c.version = any(versions)) from velro.privacy_choices c
      where c.user_id = account and c.purpose = of_purpose order by c.number desc limit 1),
    not is_required)
$$;

-- As before; and a call for a person who does not let a provider have what they write is not reserved.
create or replace function velro.reserve_ai_call(call jsonb) returns text language plpgsql as $$
declare
  amount bigint := (call ->> 'reserved')::bigint;
  price bigint := coalesce((call ->> 'credits')::bigint, 0);
  consent jsonb := call -> 'consent';
begin
  -- Locks the empty table in row share mode until the end of the transaction: who turns the switch waits for it.
  perform from velro.ai_gate for share;
  if not coalesce((select enabled from velro.ai_switch), false) then return 'ai_disabled'; end if;
  if jsonb_typeof(consent) = 'object' and not velro.allows_purpose((call ->> 'user_id')::uuid, consent ->> 'purpose',
    array(select jsonb_array_elements_text(consent -> 'versions')), (consent ->> 'required')::boolean) then
    return 'consent_missing';
  end if;
  if price > 0 then perform velro.hold_call_credits(call, price); end if;
  perform velro.hold_sums(call -> 'sums', amount);
  insert into velro.ai_calls
    (id, purpose, user_id, key_id, visitor_id, agent_id, provider, model, sum_scopes, sum_periods, reserved_microusd, expires_at,
     credits_cost)
  select (call ->> 'id')::uuid, call ->> 'purpose', (call ->> 'user_id')::uuid, (call ->> 'key_id')::uuid,
    (call ->> 'visitor_id')::uuid, (call ->> 'agent_id')::uuid, call ->> 'provider', call ->> 'model',
    coalesce(array_agg(s ->> 'scope' order by place), '{}'), coalesce(array_agg(s ->> 'period' order by place), '{}'),
    amount, now() + (call ->> 'expires_ms')::bigint * interval '1 millisecond', price
  from jsonb_array_elements(call -> 'sums') with ordinality as given (s, place);
  return null;
exception
  when sqlstate 'VB001' then return sqlerrm;
  when sqlstate 'VB002' then return 'key_credits_exceeded';
  when sqlstate 'VB003' then return 'credits_insufficient';
end
$$;
