-- All that an endpoint was sent since a time is sent again, behind the answer: by its workers, a hundred deliveries at a time, so that what
-- happens meanwhile waits for few of them.

alter table velro.webhook_endpoints
  -- Of the last redelivery: what was asked for, and when.
  add column redeliver_since timestamptz,
  add column redeliver_all boolean not null default false,
  add column redelivered_at timestamptz,
  -- Of the present one: ids behind this one, up to the other, are still to be looked at. Null: there is none.
  add column redeliver_from uuid,
  add column redeliver_to uuid;

-- Less than every UUID of version 7 of that time and later.
create function velro.id_before(moment timestamptz) returns uuid language sql stable as $$
  select (encode(substring(int8send(floor(extract(epoch from moment) * 1000)::bigint) from 3), 'hex') || repeat('0', 20))::uuid
$$;

-- Makes the next hundred deliveries of a redelivery due again, with all their attempts, unless fifty are due already. What waits is left
-- as it is, and a test is no event. At most two thousand rows are looked at.
create function velro.redeliver_webhooks(endpoint uuid) returns void language plpgsql as $$
declare
  asked velro.webhook_endpoints;
  hits uuid[];
  seen integer;
  last uuid;
begin
  select * into asked from velro.webhook_endpoints where id = endpoint;
  if (select count(*) from (select from velro.webhook_deliveries
      where endpoint_id = endpoint and state = 'waiting' and next_attempt_at <= now() limit 50) d) = 50 then return; end if;
  with page as (
    select d.id, d.event_type <> 'webhook.test' and (d.state in ('failed', 'cancelled') or asked.redeliver_all and d.state = 'delivered') as is_hit
    from velro.webhook_deliveries d
    where d.endpoint_id = endpoint and d.id > asked.redeliver_from and d.id < asked.redeliver_to order by d.id limit 2000
  ), hit as (
    select id from page where is_hit order by id limit 100
  )
  select (select array_agg(id order by id) from hit), count(*), (array_agg(id order by id desc))[1] into hits, seen, last from page;
  update velro.webhook_deliveries set state = 'waiting', attempts = 0, next_attempt_at = now(), settled_at = null where id = any (hits);
  update velro.webhook_endpoints set redeliver_from = case
      when cardinality(hits) = 100 then hits[100]
      when seen = 2000 then last end
    where id = endpoint;
end
$$;

-- Cancels what waits for an endpoint that is sent nothing any more, a thousand at most, and ends its lease and its redelivery. What is left comes in a
-- second, to whichever worker looks then: it is later than `now()` of this transaction, which does not take it again.
create function velro.cancel_webhook_deliveries(endpoint uuid) returns void language plpgsql as $$
begin
  update velro.webhook_deliveries d set state = 'cancelled', settled_at = now() where d.id in (
    select w.id from velro.webhook_deliveries w where w.endpoint_id = endpoint and w.state = 'waiting' limit 1000);
  update velro.webhook_endpoints e set lease = null, redeliver_from = null, work_at = case
      when exists (select from velro.webhook_deliveries d where d.endpoint_id = endpoint and d.state = 'waiting')
      then now() + interval '1 second' end
    where e.id = endpoint;
end
$$;

-- Gives the endpoint for which something has waited longest to a worker, for `lease_ms`, with at most `at_once` deliveries that are due,
-- those of the next part of a redelivery among them; no row where there is none. Endpoints of the service come first: they are few, each at
-- one worker, and nobody wakes them. Deliveries of a disabled endpoint or account are cancelled, a thousand at a time.
create or replace function velro.claim_webhook_endpoint(token uuid, lease_ms integer, at_once integer)
returns table (endpoint_id uuid, user_id uuid, url text, secret_sealed bytea, previous_secret_sealed bytea, pauses integer,
  id uuid, body text, attempts integer)
language plpgsql as $$
#variable_conflict use_column
declare
  chosen uuid;
  held velro.webhook_endpoints;
begin
  loop
    select c.id into chosen from velro.webhook_endpoints c
      where c.user_id is null and c.lease is null and c.disabled_at is null and (c.paused_until is null or c.paused_until <= now())
        and exists (select from velro.webhook_deliveries d
          where d.endpoint_id = c.id and d.state = 'waiting' and d.next_attempt_at <= now())
      limit 1 for no key update skip locked;
    if not found then
      select c.id into chosen from velro.webhook_endpoints c where c.work_at <= now() order by c.work_at limit 1
        for no key update skip locked;
    end if;
    if not found then return; end if;
    update velro.webhook_endpoints e set lease = token, work_at = now() + lease_ms * interval '1 millisecond'
      where e.id = chosen returning e.* into held;
    if held.disabled_at is null
      and (held.user_id is null or exists (select from velro.users u where u.id = held.user_id and u.disabled_at is null)) then
      if held.redeliver_from is not null then perform velro.redeliver_webhooks(held.id); end if;
      return query
        select held.id, held.user_id, held.url, held.secret_sealed,
          case when held.previous_until > now() then held.previous_secret_sealed end, held.pauses, d.id, d.body, d.attempts
        from velro.webhook_deliveries d
        where d.endpoint_id = held.id and d.state = 'waiting' and d.next_attempt_at <= now()
        order by d.next_attempt_at, d.id limit at_once;
      if found then return; end if;
      -- A redelivery goes on with whoever looks next: it is later than `now()` of this transaction.
      update velro.webhook_endpoints e set lease = null, work_at = case
          when e.redeliver_from is not null then clock_timestamp()
          else (select min(d.next_attempt_at) from velro.webhook_deliveries d where d.endpoint_id = held.id and d.state = 'waiting') end
        where e.id = held.id;
    else
      perform velro.cancel_webhook_deliveries(held.id);
    end if;
  end loop;
end
$$;

-- Settles a turn, as before, but for cancellations, and a redelivery goes on.
create or replace function velro.settle_webhook_turn(endpoint uuid, token uuid, results jsonb, is_gone boolean, new_pauses integer,
  pause_ms bigint, failing_ms bigint) returns text language plpgsql as $$
declare
  held velro.webhook_endpoints;
  due timestamptz;
  since timestamptz;
  reason text;
begin
  select * into held from velro.webhook_endpoints where id = endpoint and lease = token for no key update;
  if not found then return null; end if;
  update velro.webhook_deliveries d set attempts = d.attempts + 1, attempted_at = now(), response_status = r.status,
    response_start = r.start, error = r.error, duration_ms = r.duration_ms, state = r.state,
    settled_at = case when r.state <> 'waiting' then now() end,
    next_attempt_at = case when r.state = 'waiting' then now() + r.retry_ms * interval '1 millisecond' else d.next_attempt_at end
    from jsonb_to_recordset(results) as r (id uuid, state text, retry_ms bigint, status integer, start text, error text, duration_ms integer)
    where d.id = r.id and d.endpoint_id = endpoint and d.state = 'waiting';
  if not results @? '$[*] ? (@.state == "delivered")' then since := coalesce(held.failing_since, now()); end if;
  reason := case when is_gone then 'gone' when since <= now() - failing_ms * interval '1 millisecond' then 'failing' else '' end;
  if reason <> '' then
    update velro.webhook_endpoints set disabled_at = now(), disabled_reason = reason, failing_since = since, redeliver_from = null
      where id = endpoint;
    perform velro.cancel_webhook_deliveries(endpoint);
    return reason;
  end if;
  select min(next_attempt_at) into due from velro.webhook_deliveries where endpoint_id = endpoint and state = 'waiting';
  if held.redeliver_from is not null then due := now(); end if;
  update velro.webhook_endpoints set lease = null, failing_since = since, pauses = new_pauses,
    paused_until = now() + pause_ms * interval '1 millisecond',
    work_at = case when due is not null then greatest(due, now() + pause_ms * interval '1 millisecond') end
    where id = endpoint;
  return reason;
end
$$;

revoke execute on function velro.id_before, velro.redeliver_webhooks, velro.cancel_webhook_deliveries from public;
grant execute on function velro.id_before, velro.redeliver_webhooks, velro.cancel_webhook_deliveries to velro_app;
