-- Calls of language models that begin or end at one time are reserved and settled in one statement: each of them holds the sums of all
-- people, and one by one they would wait for each other's commits. With a call the credits are held that its answer costs a person: kept
-- when something of the answer was shown, and given back otherwise.

alter table velro.ai_calls
  -- By the price table; held until the call is settled.
  add column credits_cost bigint not null default 0,
  -- What was kept of that; null until it is settled.
  add column credits_charged bigint;

-- No reference: the entry outlives the call.
alter table velro.credit_entries add column call_id uuid;
-- Checked for what is there already in a migration of its own, which blocks no writer.
alter table velro.credit_entries
  drop constraint credit_entries_check,
  add constraint credit_entries_check
    check (num_nonnulls(generation_id, call_id) = case when kind in ('grant', 'adjust') then 0 else 1 end) not valid;

-- Where a sum stands in the one order in which every transaction locks several: by this, then by scope and period.
create function velro.sum_place(scope text) returns integer language sql immutable parallel safe
  return case scope when 'total:ai' then 2 when 'total:visitors' then 1 else 0 end;

-- Holds what an answer costs, or raises VB003 where the balance does not hold it, and VB002 where the cap of the key does not. The row of
-- the account is locked by it: whatever else changes its credits, or those of its keys, waits behind that row.
create function velro.hold_call_credits(call jsonb, amount bigint) returns void language plpgsql as $$
declare
  payer uuid := (call ->> 'user_id')::uuid;
  key uuid := (call ->> 'key_id')::uuid;
begin
  update velro.users set credits_balance = credits_balance - amount, credits_reserved = credits_reserved + amount
    where id = payer and credits_balance >= amount;
  if not found then raise exception using errcode = 'VB003', message = 'credits of the account'; end if;
  -- The month of created_at, by which it is given back.
  if key is not null then
    perform velro.hold_key_credits(key, to_char(now() at time zone 'UTC', '"M"YYYY-MM'), amount);
  end if;
  insert into velro.credit_entries (user_id, call_id, kind, balance_change, reserved_change)
    values (payer, (call ->> 'id')::uuid, 'reserve', -amount, amount);
end
$$;

-- Keeps or gives back what was held for a call whose row was settled in this transaction. Nothing where the account is gone, and its
-- ledger with it.
create function velro.settle_call_credits(settled velro.ai_calls) returns void language plpgsql as $$
declare
  returned bigint := settled.credits_cost - settled.credits_charged;
begin
  update velro.users set credits_balance = credits_balance + returned, credits_reserved = credits_reserved - settled.credits_cost
    where id = settled.user_id;
  if not found then return; end if;
  insert into velro.credit_entries (user_id, call_id, kind, balance_change, reserved_change)
    values (settled.user_id, settled.id, case returned when 0 then 'commit' else 'release' end, returned, -settled.credits_cost);
  if returned > 0 and settled.key_id is not null then
    update velro.key_credits set credits = credits - returned
      where key_id = settled.key_id and month = to_char(settled.created_at at time zone 'UTC', '"M"YYYY-MM');
  end if;
end
$$;

-- Without credits the row of no account is read or locked. With them it comes before the sums of budgets, as in every transaction that
-- changes credits.
create or replace function velro.reserve_ai_call(call jsonb) returns text language plpgsql as $$
declare
  amount bigint := (call ->> 'reserved')::bigint;
  price bigint := coalesce((call ->> 'credits')::bigint, 0);
begin
  -- Locks the empty table in row share mode until the end of the transaction: who turns the switch waits for it.
  perform from velro.ai_gate for share;
  if not coalesce((select enabled from velro.ai_switch), false) then return 'ai_disabled'; end if;
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

-- Reserves calls, each as reserve_ai_call does, one refused or not beside the others; the refusals in the order of the calls.
create function velro.reserve_ai_calls(calls jsonb) returns text[] language plpgsql as $$
declare
  call jsonb;
  payers uuid[];
  refusals text[] := '{}';
begin
  perform from velro.ai_gate for share;
  if not coalesce((select enabled from velro.ai_switch), false) then
    return array_fill('ai_disabled'::text, array[jsonb_array_length(calls)]);
  end if;
  -- One call locks its account and its sums in their order by itself.
  if jsonb_array_length(calls) > 1 then
    payers := array(
      select distinct (c ->> 'user_id')::uuid from jsonb_array_elements(calls) c where (c ->> 'credits')::bigint > 0);
    if cardinality(payers) > 0 then
      perform from velro.users where id = any(payers) order by id for no key update;
    end if;
    insert into velro.budget_sums (scope, period, reserved_microusd, spent_microusd)
      select scope, period, 0, 0 from (
        select distinct s ->> 'scope' as scope, s ->> 'period' as period
        from jsonb_array_elements(calls) c, jsonb_array_elements(c -> 'sums') s) wanted
      order by velro.sum_place(scope), scope collate "C", period collate "C"
      on conflict do nothing;
    perform from velro.budget_sums b
      where (b.scope, b.period) in (
        select s ->> 'scope', s ->> 'period' from jsonb_array_elements(calls) c, jsonb_array_elements(c -> 'sums') s)
      order by velro.sum_place(b.scope), b.scope collate "C", b.period collate "C" for update;
  end if;
  for call in select value from jsonb_array_elements(calls) with ordinality order by ordinality loop
    refusals := array_append(refusals, velro.reserve_ai_call(call));
  end loop;
  return refusals;
end
$$;

-- Settles calls, each once whatever ends it; false in the place of one that was settled before, or was never made. What a result does not
-- say to be shown, as that of a lost call, costs no credits.
create function velro.settle_ai_calls(results jsonb) returns boolean[] language plpgsql as $$
declare
  ids uuid[] := array(select (value ->> 'id')::uuid from jsonb_array_elements(results));
  payers uuid[];
  result jsonb;
  settled velro.ai_calls;
  done boolean[] := '{}';
begin
  perform from velro.ai_calls where id = any(ids) and settled_at is null order by id for update;
  payers := array(
    select distinct user_id from velro.ai_calls where id = any(ids) and settled_at is null and credits_cost > 0);
  if cardinality(payers) > 0 then
    perform from velro.users where id = any(payers) order by id for no key update;
  end if;
  perform from velro.budget_sums b
    where (b.scope, b.period) in (
      select held.scope, held.period from velro.ai_calls c, unnest(c.sum_scopes, c.sum_periods) as held (scope, period)
      where c.id = any(ids) and c.settled_at is null)
    order by velro.sum_place(b.scope), b.scope collate "C", b.period collate "C" for update;
  for result in select value from jsonb_array_elements(results) with ordinality order by ordinality loop
    update velro.ai_calls set settled_at = now(), cost_microusd = coalesce((result ->> 'cost')::bigint, reserved_microusd),
      prompt_tokens = (result ->> 'prompt')::bigint, cached_tokens = (result ->> 'cached')::bigint,
      output_tokens = (result ->> 'output')::bigint, thought_tokens = (result ->> 'thoughts')::bigint,
      is_estimated = (result ->> 'estimated')::boolean, outcome = result ->> 'outcome',
      first_text_ms = (result ->> 'first_text_ms')::integer, total_ms = (result ->> 'total_ms')::integer,
      credits_charged = case when (result ->> 'shown')::boolean then credits_cost else 0 end
      where id = (result ->> 'id')::uuid and settled_at is null
      returning * into settled;
    done := array_append(done, found);
    continue when not found;
    if settled.credits_cost > 0 then perform velro.settle_call_credits(settled); end if;
    insert into velro.usage_days as u
        (day, user_id, key_id, visitor_id, agent_id, model, calls, estimated_calls, prompt_tokens, cached_tokens, output_tokens,
         thought_tokens, cost_microusd, credits)
      values ((settled.created_at at time zone 'UTC')::date, settled.user_id, settled.key_id, settled.visitor_id,
        settled.agent_id, settled.model, 1, settled.is_estimated::integer, coalesce(settled.prompt_tokens, 0),
        coalesce(settled.cached_tokens, 0), coalesce(settled.output_tokens, 0), coalesce(settled.thought_tokens, 0),
        settled.cost_microusd, settled.credits_charged)
      on conflict (day, user_id, key_id, visitor_id, agent_id, model) do update set
        calls = u.calls + 1, estimated_calls = u.estimated_calls + excluded.estimated_calls,
        prompt_tokens = u.prompt_tokens + excluded.prompt_tokens, cached_tokens = u.cached_tokens + excluded.cached_tokens,
        output_tokens = u.output_tokens + excluded.output_tokens,
        thought_tokens = u.thought_tokens + excluded.thought_tokens,
        cost_microusd = u.cost_microusd + excluded.cost_microusd, credits = u.credits + excluded.credits;
    update velro.budget_sums b set reserved_microusd = reserved_microusd - settled.reserved_microusd,
      spent_microusd = spent_microusd + settled.cost_microusd
      from unnest(settled.sum_scopes, settled.sum_periods) as held (scope, period)
      where b.scope = held.scope and b.period = held.period;
  end loop;
  return done;
end
$$;

-- By the same order of locks, for the instances of a deploy that know this one alone.
create or replace function velro.settle_ai_call(result jsonb) returns boolean language sql
  return (velro.settle_ai_calls(jsonb_build_array(result)))[1];

revoke execute on function velro.sum_place, velro.reserve_ai_calls, velro.settle_ai_calls, velro.hold_call_credits,
  velro.settle_call_credits from public;
grant execute on function velro.sum_place, velro.reserve_ai_calls, velro.settle_ai_calls, velro.hold_call_credits,
  velro.settle_call_credits to velro_app;
