-- Outgoing webhooks: an event is stored with the change that it is about, as one delivery for each endpoint, and sent afterwards.

create table velro.webhook_endpoints (
  id uuid primary key,
  user_id uuid not null references velro.users on delete cascade,
  url text not null check (length(url) between 1 and 2048),
  description text check (length(description) <= 200),
  event_types text[] not null check (cardinality(event_types) between 1 and 20),
  secret_sealed bytea not null,
  -- After a rotation: it signs along until then.
  previous_secret_sealed bytea,
  previous_until timestamptz,
  created_at timestamptz not null default now(),
  disabled_at timestamptz,
  -- gone: the receiver answered 410; failing: nothing but failures for days.
  disabled_reason text check (disabled_reason in ('gone', 'failing')),
  -- The first failure since the last success.
  failing_since timestamptz,
  -- Pauses in a row, because it is overloaded or does not answer, and the end of the present one.
  pauses integer not null default 0,
  paused_until timestamptz,
  -- When there is something to send: null for nothing. While a worker has the lease, when the lease ends.
  work_at timestamptz,
  lease uuid
) with (fillfactor = 70);
create index webhook_endpoints_of_user on velro.webhook_endpoints (user_id, id);
create index webhook_endpoints_with_work on velro.webhook_endpoints (work_at) where work_at is not null;

create table velro.webhook_deliveries (
  -- The webhook-id, at every attempt.
  id uuid primary key,
  endpoint_id uuid not null references velro.webhook_endpoints on delete cascade,
  event_type text not null check (length(event_type) between 1 and 60),
  -- As it is sent and signed, byte for byte.
  body text not null check (length(body) <= 4096),
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed', 'cancelled')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  -- Of the last attempt.
  attempted_at timestamptz,
  response_status integer,
  response_start text check (length(response_start) <= 4096),
  error text check (length(error) <= 60),
  duration_ms integer,
  created_at timestamptz not null default now(),
  settled_at timestamptz
) with (fillfactor = 80);
create index webhook_deliveries_of_endpoint on velro.webhook_deliveries (endpoint_id, id desc);
create index webhook_deliveries_waiting on velro.webhook_deliveries (endpoint_id, next_attempt_at, id) where state = 'waiting';
create index webhook_deliveries_by_age on velro.webhook_deliveries (created_at);

-- How many events of an object there were: receivers order by it what comes out of order.
create table velro.webhook_sequences (
  object_id uuid primary key,
  user_id uuid not null references velro.users on delete cascade,
  last integer not null,
  changed_at timestamptz not null default now()
);
create index webhook_sequences_of_user on velro.webhook_sequences (user_id);
create index webhook_sequences_by_age on velro.webhook_sequences (changed_at);

alter table velro.webhook_endpoints enable row level security;
alter table velro.webhook_deliveries enable row level security;
alter table velro.webhook_sequences enable row level security;
create policy service on velro.webhook_endpoints to velro_app using (true) with check (true);
create policy service on velro.webhook_deliveries to velro_app using (true) with check (true);
create policy service on velro.webhook_sequences to velro_app using (true) with check (true);
grant select, insert, update, delete on velro.webhook_endpoints, velro.webhook_deliveries, velro.webhook_sequences to velro_app;

-- Stores an event for every endpoint of an account that is sent its type, with one of `ids` each; returns for how many. Whoever settles
-- a delivery of one of them waits for the lock of the endpoint, and sees the new one then.
create function velro.add_webhook_event(owner uuid, event text, object uuid, status text, link text, ids uuid[]) returns integer
language plpgsql as $$
declare
  chosen uuid[];
  number integer;
  content text;
begin
  with due as (
    update velro.webhook_endpoints e set
      work_at = case when e.lease is null then least(e.work_at, greatest(now(), e.paused_until)) else e.work_at end
    where e.user_id = owner and e.disabled_at is null and event = any (e.event_types)
      and exists (select from velro.users u where u.id = owner and u.disabled_at is null)
    returning e.id
  )
  select array_agg(id order by id) into chosen from due;
  if chosen is null then return 0; end if;
  insert into velro.webhook_sequences as s (object_id, user_id, last) values (object, owner, 1)
    on conflict (object_id) do update set last = s.last + 1, changed_at = now() returning s.last into number;
  content := json_strip_nulls(json_build_object(
    'type', event,
    'timestamp', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'data', json_build_object('id', object, 'status', status, 'sequence', number, 'link', link)));
  insert into velro.webhook_deliveries (id, endpoint_id, event_type, body)
    select ids[place], endpoint, event, content from unnest(chosen) with ordinality as c (endpoint, place);
  return cardinality(chosen);
end
$$;

-- Gives the endpoint for which something has waited longest to a worker, for `lease_ms`, with at most `at_once` deliveries that are due;
-- no row where there is none. Those of a disabled endpoint or account are cancelled.
create function velro.claim_webhook_endpoint(token uuid, lease_ms integer, at_once integer)
returns table (endpoint_id uuid, user_id uuid, url text, secret_sealed bytea, previous_secret_sealed bytea, pauses integer,
  id uuid, body text, attempts integer)
language plpgsql as $$
#variable_conflict use_column
declare
  held velro.webhook_endpoints;
begin
  loop
    update velro.webhook_endpoints e set lease = token, work_at = now() + lease_ms * interval '1 millisecond'
      where e.id = (select c.id from velro.webhook_endpoints c where c.work_at <= now() order by c.work_at limit 1
        for no key update skip locked)
      returning e.* into held;
    if not found then return; end if;
    if held.disabled_at is null and exists (select from velro.users u where u.id = held.user_id and u.disabled_at is null) then
      return query
        select held.id, held.user_id, held.url, held.secret_sealed,
          case when held.previous_until > now() then held.previous_secret_sealed end, held.pauses, d.id, d.body, d.attempts
        from velro.webhook_deliveries d
        where d.endpoint_id = held.id and d.state = 'waiting' and d.next_attempt_at <= now()
        order by d.next_attempt_at, d.id limit at_once;
      if found then return; end if;
    else
      update velro.webhook_deliveries d set state = 'cancelled', settled_at = now() where d.endpoint_id = held.id and d.state = 'waiting';
    end if;
    update velro.webhook_endpoints e set lease = null, work_at = (
        select min(d.next_attempt_at) from velro.webhook_deliveries d where d.endpoint_id = held.id and d.state = 'waiting')
      where e.id = held.id;
  end loop;
end
$$;

-- Writes what became of the deliveries of a turn, and ends its lease: `results` has id, state, retry_ms, status, start, error and
-- duration_ms of each. An endpoint is disabled when it is gone, or has failed for `failing_ms`. Null when the lease had ended: then
-- nothing is written; otherwise the reason of the disabling, or nothing.
create function velro.settle_webhook_turn(endpoint uuid, token uuid, results jsonb, is_gone boolean, new_pauses integer, pause_ms bigint,
  failing_ms bigint) returns text language plpgsql as $$
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
    update velro.webhook_deliveries set state = 'cancelled', settled_at = now() where endpoint_id = endpoint and state = 'waiting';
    update velro.webhook_endpoints set lease = null, work_at = null, disabled_at = now(), disabled_reason = reason, failing_since = since
      where id = endpoint;
    return reason;
  end if;
  select min(next_attempt_at) into due from velro.webhook_deliveries where endpoint_id = endpoint and state = 'waiting';
  update velro.webhook_endpoints set lease = null, failing_since = since, pauses = new_pauses,
    paused_until = now() + pause_ms * interval '1 millisecond',
    work_at = case when due is not null then greatest(due, now() + pause_ms * interval '1 millisecond') end
    where id = endpoint;
  return reason;
end
$$;

revoke execute on function velro.add_webhook_event, velro.claim_webhook_endpoint, velro.settle_webhook_turn from public;
grant execute on function velro.add_webhook_event, velro.claim_webhook_endpoint, velro.settle_webhook_turn to velro_app;
