-- What generations cost the service, budgets and caps that hold it, and use by day.

alter table velro.generations
  -- The API key that ordered it. No reference: the generation outlives the key.
  add column key_id uuid,
  -- By the price table, in millionths of a dollar.
  add column cost_microusd bigint not null default 0,
  -- The sums in which that is held until it ends; null: in none.
  add column sum_scopes text[],
  add column sum_periods text[];

alter table velro.api_keys
  -- Null: no cap of its own.
  add column monthly_credits bigint,
  add column daily_microusd bigint,
  add column monthly_microusd bigint,
  -- Ids of the models that it may use; null: any.
  add column models text[];
grant update (monthly_credits, daily_microusd, monthly_microusd, models) on velro.api_keys to velro_app;

-- Credits that an API key reserved or spent in a month (M2026-11) in UTC.
create table velro.key_credits (
  key_id uuid not null references velro.api_keys on delete cascade,
  month text not null check (month ~ '^M\d{4}-\d\d$'),
  credits bigint not null check (credits >= 0),
  primary key (key_id, month)
) with (fillfactor = 70);
alter table velro.key_credits enable row level security;
create policy service on velro.key_credits to velro_app using (true) with check (true);
grant select, insert, update, delete on velro.key_credits to velro_app;

alter table velro.usage_days add column credits bigint not null default 0;

-- The month in UTC of which the account has its monthly credits (MONTHLY_USER_CREDITS); that of its start counts.
alter table velro.users add column granted_month text not null default to_char(now() at time zone 'UTC', 'YYYY-MM');
-- So that a top-up from outside is made once.
alter table velro.credit_entries add column source text;

-- Days of which a rise was told, so that each is told once.
create table velro.usage_rises (
  user_id uuid not null,
  day date not null,
  primary key (user_id, day)
);
create index usage_rises_by_day on velro.usage_rises (day);
alter table velro.usage_rises enable row level security;
create policy service on velro.usage_rises to velro_app using (true) with check (true);
grant select, insert, delete on velro.usage_rises to velro_app;

-- Holds an amount in each of the given sums, or raises VB001 with scope and period of the one whose cap does not allow it. The sums
-- come in one order from every caller, one's own first and those of all people last, so that nobody waits in a circle.
create function velro.hold_sums(sums jsonb, amount bigint) returns void language plpgsql as $$
declare
  wanted record;
begin
  for wanted in
    select s ->> 'scope' as scope, s ->> 'period' as period, (s ->> 'cap')::bigint as cap
    from jsonb_array_elements(sums) with ordinality as given (s, place) order by place
  loop
    if amount > wanted.cap then raise exception using errcode = 'VB001', message = wanted.scope || ' ' || wanted.period; end if;
    insert into velro.budget_sums as b (scope, period, reserved_microusd, spent_microusd)
      values (wanted.scope, wanted.period, amount, 0)
      on conflict (scope, period) do update set reserved_microusd = b.reserved_microusd + amount
      where wanted.cap is null or b.reserved_microusd + b.spent_microusd + amount <= wanted.cap;
    if not found then raise exception using errcode = 'VB001', message = wanted.scope || ' ' || wanted.period; end if;
  end loop;
end
$$;

create or replace function velro.reserve_ai_call(call jsonb) returns text language plpgsql as $$
declare
  amount bigint := (call ->> 'reserved')::bigint;
begin
  -- Locks the empty table in row share mode until the end of the transaction: who turns the switch waits for it.
  perform from velro.ai_gate for share;
  if not coalesce((select enabled from velro.ai_switch), false) then return 'ai_disabled'; end if;
  perform velro.hold_sums(call -> 'sums', amount);
  insert into velro.ai_calls
    (id, purpose, user_id, key_id, visitor_id, agent_id, provider, model, sum_scopes, sum_periods, reserved_microusd, expires_at)
  select (call ->> 'id')::uuid, call ->> 'purpose', (call ->> 'user_id')::uuid, (call ->> 'key_id')::uuid,
    (call ->> 'visitor_id')::uuid, (call ->> 'agent_id')::uuid, call ->> 'provider', call ->> 'model',
    coalesce(array_agg(s ->> 'scope' order by place), '{}'), coalesce(array_agg(s ->> 'period' order by place), '{}'),
    amount, now() + (call ->> 'expires_ms')::bigint * interval '1 millisecond'
  from jsonb_array_elements(call -> 'sums') with ordinality as given (s, place);
  return null;
exception
  when sqlstate 'VB001' then return sqlerrm;
end
$$;

-- Adds credits to what an API key used in a month, or raises VB002 where its cap does not allow it.
create function velro.hold_key_credits(key uuid, in_month text, amount bigint) returns void language plpgsql as $$
declare
  cap bigint := (select monthly_credits from velro.api_keys where id = key);
begin
  if amount > cap then raise exception using errcode = 'VB002', message = 'credits of the key'; end if;
  insert into velro.key_credits as k (key_id, month, credits) values (key, in_month, amount)
    on conflict (key_id, month) do update set credits = k.credits + amount
    where cap is null or k.credits + amount <= cap;
  if not found then raise exception using errcode = 'VB002', message = 'credits of the key'; end if;
end
$$;

-- Settles what a generation cost when it ends, whoever ends it: a final state is set once. Deferred to the end of the transaction, so
-- that the sums of all people are locked for its commit alone, and always behind the rows of the account.
create function velro.settle_generation_cost() returns trigger language plpgsql as $$
declare
  status text := case tg_op when 'DELETE' then 'cancelled' else new.status end;
  -- Nothing is charged for errors of the provider. Unknown is whether it had begun with one that was cancelled or never answered.
  code text := case tg_op when 'DELETE' then '' else coalesce(new.error_code, '') end;
  is_known boolean := status = 'completed' or code in ('content_refused', 'media_refused', 'media_too_large');
  -- A result that could not be fetched or stored here was made, and is paid for.
  is_unknown boolean := (status = 'cancelled' and old.status <> 'queued') or code = 'provider_timeout'
    or (code = 'provider_unavailable' and old.status = 'processing');
  cost bigint := case when is_known or is_unknown then old.cost_microusd else 0 end;
  ended_on date := (old.created_at at time zone 'UTC')::date;
  total_periods text[] := array['D' || to_char(ended_on, 'YYYY-MM-DD'), 'M' || to_char(ended_on, 'YYYY-MM')];
begin
  insert into velro.usage_days as u
      (day, user_id, key_id, visitor_id, agent_id, model, calls, estimated_calls, prompt_tokens, cached_tokens, output_tokens,
       thought_tokens, cost_microusd, credits)
    values (ended_on, old.user_id, old.key_id, null, null, old.model_id, 1, (is_unknown and cost > 0)::integer, 0, 0, 0, 0, cost,
      case status when 'completed' then old.credits_cost else 0 end)
    on conflict (day, user_id, key_id, visitor_id, agent_id, model) do update set
      calls = u.calls + 1, estimated_calls = u.estimated_calls + excluded.estimated_calls,
      cost_microusd = u.cost_microusd + excluded.cost_microusd, credits = u.credits + excluded.credits;
  if old.key_id is not null and status <> 'completed' then
    update velro.key_credits set credits = credits - old.credits_cost
      where key_id = old.key_id and month = total_periods[2];
  end if;
  for place in 1 .. coalesce(cardinality(old.sum_scopes), 0) loop
    update velro.budget_sums set reserved_microusd = reserved_microusd - old.cost_microusd, spent_microusd = spent_microusd + cost
      where scope = old.sum_scopes[place] and period = old.sum_periods[place];
  end loop;
  -- Without a cap nothing was held: what is spent is counted all the same.
  if cost > 0 and not coalesce('total:generations' = any (old.sum_scopes), false) then
    insert into velro.budget_sums as b (scope, period, reserved_microusd, spent_microusd)
      select 'total:generations', period, 0, cost from unnest(total_periods) period order by period
      on conflict (scope, period) do update set spent_microusd = b.spent_microusd + cost;
  end if;
  return null;
end
$$;
create constraint trigger settle_cost after update of status on velro.generations deferrable initially deferred for each row
  when (old.status in ('queued', 'submitting', 'processing') and new.status in ('completed', 'failed', 'cancelled'))
  execute function velro.settle_generation_cost();
create constraint trigger settle_cost_of_deleted after delete on velro.generations deferrable initially deferred for each row
  when (old.status in ('queued', 'submitting', 'processing')) execute function velro.settle_generation_cost();

revoke execute on function velro.hold_sums, velro.hold_key_credits from public;
grant execute on function velro.hold_sums, velro.hold_key_credits to velro_app;
