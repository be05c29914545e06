-- Calls of language models and what they cost. A call is reserved at its highest price before the provider is asked, in the
-- statement that reads the kill switch, and settled once at what it cost. Money is in millionths of a dollar.

-- What is held and what is spent of each budget, by day (D2026-11-27) and month (M2026-11) in UTC. A scope is `total:ai`,
-- `person:<id>`, `visitor:<id>`, `messenger:<keyed hash>` or `agent:<id>`.
create table velro.budget_sums (
  scope text not null check (length(scope) between 1 and 100),
  period text not null check (period ~ '^(D\d{4}-\d\d-\d\d|M\d{4}-\d\d)$'),
  reserved_microusd bigint not null check (reserved_microusd >= 0),
  spent_microusd bigint not null check (spent_microusd >= 0),
  -- The highest share of the budget, in thousandths, that was alerted of.
  alerted_share integer not null default 0,
  primary key (scope, period)
) with (fillfactor = 70);
-- For the deletion of ended periods.
create index budget_sums_by_period on velro.budget_sums (period);
alter table velro.budget_sums enable row level security;
create policy service on velro.budget_sums to velro_app using (true) with check (true);
grant select, insert, update, delete on velro.budget_sums to velro_app;

create table velro.ai_calls (
  id uuid primary key,
  purpose text not null,
  user_id uuid,
  key_id uuid,
  visitor_id uuid,
  agent_id uuid,
  provider text not null,
  model text not null,
  -- The sums it is held in, in the order in which they are locked.
  sum_scopes text[] not null,
  sum_periods text[] not null,
  reserved_microusd bigint not null check (reserved_microusd >= 0),
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  settled_at timestamptz,
  cost_microusd bigint,
  prompt_tokens bigint,
  cached_tokens bigint,
  output_tokens bigint,
  thought_tokens bigint,
  -- Counted here, or held to its reservation: the provider reported no usage.
  is_estimated boolean,
  outcome text,
  first_text_ms integer,
  total_ms integer
);
create index ai_calls_unsettled on velro.ai_calls (expires_at) where settled_at is null;
create index ai_calls_settled on velro.ai_calls (settled_at) where settled_at is not null;
alter table velro.ai_calls enable row level security;
create policy service on velro.ai_calls to velro_app using (true) with check (true);
grant select, insert, update, delete on velro.ai_calls to velro_app;

-- What everybody used, by day in UTC. Ids of accounts that are gone stay: they lead to nobody.
create table velro.usage_days (
  day date not null,
  user_id uuid,
  key_id uuid,
  visitor_id uuid,
  agent_id uuid,
  model text not null,
  calls bigint not null,
  estimated_calls bigint not null,
  prompt_tokens bigint not null,
  cached_tokens bigint not null,
  output_tokens bigint not null,
  thought_tokens bigint not null,
  cost_microusd bigint not null,
  unique nulls not distinct (day, user_id, key_id, visitor_id, agent_id, model)
) with (fillfactor = 70);
create index usage_days_of_user on velro.usage_days (user_id, day);
alter table velro.usage_days enable row level security;
create policy service on velro.usage_days to velro_app using (true) with check (true);
grant select, insert, update, delete on velro.usage_days to velro_app;

-- Reserves a call, or says why not: `ai_disabled`, or the scope and period whose budget does not hold it; then nothing is changed. The
-- sums come in one order from every caller, those of all people last, so that nobody waits in a circle.
create function velro.reserve_ai_call(call jsonb) returns text language plpgsql as $$
declare
  wanted record;
  amount bigint := (call ->> 'reserved')::bigint;
begin
  -- Locks the empty table in row share mode until the end of the transaction: who turns the switch waits for it.
  perform from velro.ai_gate for share;
  if not coalesce((select enabled from velro.ai_switch), false) then return 'ai_disabled'; end if;
  for wanted in
    select s ->> 'scope' as scope, s ->> 'period' as period, (s ->> 'cap')::bigint as cap
    from jsonb_array_elements(call -> 'sums') with ordinality as given (s, place) order by place
  loop
    if amount > wanted.cap then raise exception using errcode = 'VB001', message = wanted.scope || ' ' || wanted.period; end if;
    insert into velro.budget_sums as b (scope, period, reserved_microusd, spent_microusd)
      values (wanted.scope, wanted.period, amount, 0)
      on conflict (scope, period) do update set reserved_microusd = b.reserved_microusd + amount
      where wanted.cap is null or b.reserved_microusd + b.spent_microusd + amount <= wanted.cap;
    if not found then raise exception using errcode = 'VB001', message = wanted.scope || ' ' || wanted.period; end if;
  end loop;
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

-- Settles a call, once whatever ends it. False when it was settled before, or was never made.
create function velro.settle_ai_call(result jsonb) returns boolean language plpgsql as $$
declare
  settled record;
  cost bigint := (result ->> 'cost')::bigint;
  place integer;
begin
  update velro.ai_calls set settled_at = now(), cost_microusd = coalesce(cost, reserved_microusd),
    prompt_tokens = (result ->> 'prompt')::bigint, cached_tokens = (result ->> 'cached')::bigint,
    output_tokens = (result ->> 'output')::bigint, thought_tokens = (result ->> 'thoughts')::bigint,
    is_estimated = (result ->> 'estimated')::boolean, outcome = result ->> 'outcome',
    first_text_ms = (result ->> 'first_text_ms')::integer, total_ms = (result ->> 'total_ms')::integer
    where id = (result ->> 'id')::uuid and settled_at is null
    returning * into settled;
  if not found then return false; end if;
  insert into velro.usage_days as u
    values ((settled.created_at at time zone 'UTC')::date, settled.user_id, settled.key_id, settled.visitor_id,
      settled.agent_id, settled.model, 1, settled.is_estimated::integer, coalesce(settled.prompt_tokens, 0),
      coalesce(settled.cached_tokens, 0), coalesce(settled.output_tokens, 0), coalesce(settled.thought_tokens, 0),
      settled.cost_microusd)
    on conflict (day, user_id, key_id, visitor_id, agent_id, model) do update set
      calls = u.calls + 1, estimated_calls = u.estimated_calls + excluded.estimated_calls,
      prompt_tokens = u.prompt_tokens + excluded.prompt_tokens, cached_tokens = u.cached_tokens + excluded.cached_tokens,
      output_tokens = u.output_tokens + excluded.output_tokens,
      thought_tokens = u.thought_tokens + excluded.thought_tokens, cost_microusd = u.cost_microusd + excluded.cost_microusd;
  for place in 1 .. cardinality(settled.sum_scopes) loop
    update velro.budget_sums set reserved_microusd = reserved_microusd - settled.reserved_microusd,
      spent_microusd = spent_microusd + settled.cost_microusd
      where scope = settled.sum_scopes[place] and period = settled.sum_periods[place];
  end loop;
  return true;
end
$$;

-- Tells every instance to end its running calls when the switch is turned off.
create function velro.announce_switch() returns trigger language plpgsql as $$
begin
  perform pg_notify('velro_ai_switch', '');
  return null;
end
$$;
create trigger announce after update of enabled on velro.ai_switch for each row
  when (old.enabled is distinct from new.enabled) execute function velro.announce_switch();

revoke execute on function velro.reserve_ai_call, velro.settle_ai_call from public;
grant execute on function velro.reserve_ai_call, velro.settle_ai_call to velro_app;
