-- Events for webhooks are stored by the statement of their change, as a call in its RETURNING: one function, which costs two looks into an
-- index where nobody has an endpoint. An endpoint without an account is one of the service.

alter table velro.webhook_endpoints alter column user_id drop not null;
-- Without an account: numbers of objects of the service.
alter table velro.webhook_sequences alter column user_id drop not null;

-- A UUID of version 7 (RFC 9562): six bytes of time, and of `rest` the first sixteen.
create function velro.version_7(stamp bytea, rest bytea) returns uuid language sql immutable as $$
  select encode(set_byte(set_byte(filled, 6, (get_byte(filled, 6) & 15) | 112), 8, (get_byte(filled, 8) & 63) | 128), 'hex')::uuid
  from (select overlay(substring(rest from 1 for 16) placing stamp from 1 for 6) as filled) f
$$;

-- What the events of an object are counted by whose id is no UUID of ours: of its owner alone, so that nobody counts for somebody else.
create function velro.webhook_object(owner text, name text) returns uuid language sql immutable as $$
  select encode(substring(sha256(convert_to(owner || ' ' || name, 'UTF8')) from 1 for 16), 'hex')::uuid
$$;

-- Stores an event for every endpoint that is sent its type: of the account `owner`, where there is one, and of the service. Returns for
-- how many. `facts`: what is told of the object; endpoints of the service are told the account too, and its link below `accounts`.
-- `object`: by what its events are counted; null: this is the only one. `source`: of an event that is stored once, however often this
-- is called with it; null: each call is an event.
-- Whoever settles a delivery to an endpoint of the account waits for its lock, and sees the new one then. Endpoints of the service are
-- not touched, because every account would wait for their locks: workers look for what waits for them.
create function velro.store_webhook_event(owner uuid, event text, object uuid, facts jsonb, accounts text, source uuid) returns integer
language plpgsql as $$
declare
  of_account uuid[];
  of_service uuid[];
  number integer := 1;
  stamp bytea := substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3);
  at text := to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
  stored integer;
begin
  if exists (select from velro.webhook_endpoints e
      where e.user_id = owner and e.disabled_at is null and event = any (e.event_types)) then
    -- The account before its endpoints, and those in one order, as everybody locks them: nobody waits for ever.
    perform from velro.users u where u.id = owner and u.disabled_at is null for key share;
    with chosen as (
      select e.id from velro.webhook_endpoints e
      where found and e.user_id = owner and e.disabled_at is null and event = any (e.event_types)
      order by e.id for no key update
    ), due as (
      update velro.webhook_endpoints e set
        work_at = case when e.lease is null then least(e.work_at, greatest(now(), e.paused_until)) else e.work_at end
      from chosen where e.id = chosen.id returning e.id
    )
    select array_agg(id order by id) into of_account from due;
  end if;
  select array_agg(e.id order by e.id) into of_service from velro.webhook_endpoints e
    where e.user_id is null and e.disabled_at is null and event = any (e.event_types);
  if of_account is null and of_service is null then return 0; end if;
  if object is not null then
    insert into velro.webhook_sequences as s (object_id, user_id, last) values (object, owner, 1)
      on conflict (object_id) do update set last = s.last + 1, changed_at = now() returning s.last into number;
  end if;
  facts := jsonb_strip_nulls(facts) || jsonb_build_object('sequence', number);
  insert into velro.webhook_deliveries (id, endpoint_id, event_type, body)
    select
      case when source is null then velro.version_7(stamp, uuid_send(gen_random_uuid()))
        else velro.version_7(substring(uuid_send(source) from 1 for 6), sha256(uuid_send(source) || uuid_send(c.endpoint))) end,
      c.endpoint, event, json_build_object('type', event, 'timestamp', at, 'data', c.told)::text
    from (
      select unnest(of_account) as endpoint, facts as told
      union all
      select unnest(of_service), case when owner is null then facts
        else facts || jsonb_strip_nulls(jsonb_build_object('user_id', owner, 'link', accounts || owner)) end
    ) c
    on conflict (id) do nothing;
  get diagnostics stored = row_count;
  return stored;
end
$$;

-- As the version before calls it; what it gives of ids is not needed any more.
create or replace function velro.add_webhook_event(owner uuid, event text, object uuid, status text, link text, ids uuid[]) returns integer
language sql as $$
  select velro.store_webhook_event(owner, event, object, jsonb_build_object('id', object, 'status', status, 'link', link), null, null)
$$;

revoke execute on function velro.version_7, velro.webhook_object, velro.store_webhook_event from public;
grant execute on function velro.version_7, velro.webhook_object, velro.store_webhook_event to velro_app;
