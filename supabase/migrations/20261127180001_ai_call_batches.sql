-- Calls of language models that begin or end at one time are reserved and settled in one statement: each of them holds the sums of all
-- people, and one by one they would wait for each other's commits.

-- Where a sum stands in the one order in which every transaction locks several: by this, then by scope and period.
create function velro.sum_place(scope text) returns integer language sql immutable parallel safe
  return case scope when 'total:ai' then 2 when 'total:visitors' then 1 else 0 end;

-- Reserves calls, each as reserve_ai_call does, one refused or not beside the others; the refusals in the order of the calls.
create function velro.reserve_ai_calls(calls jsonb) returns text[] language plpgsql as $$
declare
  call jsonb;
  refusals text[] := '{}';
begin
  perform from velro.ai_gate for share;
  if not coalesce((select enabled from velro.ai_switch), false) then
    return array_fill('ai_disabled'::text, array[jsonb_array_length(calls)]);
  end if;
  -- One call locks its sums in their order by itself.
  if jsonb_array_length(calls) > 1 then
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

-- Settles calls, each once whatever ends it; false in the place of one that was settled before, or was never made.
create function velro.settle_ai_calls(results jsonb) returns boolean[] language plpgsql as $$
declare
  ids uuid[] := array(select (value ->> 'id')::uuid from jsonb_array_elements(results));
  result jsonb;
  settled velro.ai_calls;
  done boolean[] := '{}';
begin
  perform from velro.ai_calls where id = any(ids) and settled_at is null order by id for update;
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
      first_text_ms = (result ->> 'first_text_ms')::integer, total_ms = (result ->> 'total_ms')::integer
      where id = (result ->> 'id')::uuid and settled_at is null
      returning * into settled;
    done := array_append(done, found);
    continue when not found;
    insert into velro.usage_days as u
        (day, user_id, key_id, visitor_id, agent_id, model, calls, estimated_calls, prompt_tokens, cached_tokens, output_tokens,
         thought_tokens, cost_microusd)
      values ((settled.created_at at time zone 'UTC')::date, settled.user_id, settled.key_id, settled.visitor_id,
        settled.agent_id, settled.model, 1, settled.is_estimated::integer, coalesce(settled.prompt_tokens, 0),
        coalesce(settled.cached_tokens, 0), coalesce(settled.output_tokens, 0), coalesce(settled.thought_tokens, 0),
        settled.cost_microusd)
      on conflict (day, user_id, key_id, visitor_id, agent_id, model) do update set
        calls = u.calls + 1, estimated_calls = u.estimated_calls + excluded.estimated_calls,
        prompt_tokens = u.prompt_tokens + excluded.prompt_tokens, cached_tokens = u.cached_tokens + excluded.cached_tokens,
        output_tokens = u.output_tokens + excluded.output_tokens,
        thought_tokens = u.thought_tokens + excluded.thought_tokens,
        cost_microusd = u.cost_microusd + excluded.cost_microusd;
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

revoke execute on function velro.sum_place, velro.reserve_ai_calls, velro.settle_ai_calls from public;
grant execute on function velro.sum_place, velro.reserve_ai_calls, velro.settle_ai_calls to velro_app;
