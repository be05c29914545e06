-- Endpoints are shared out among accounts, and those whose secret an instance cannot open are left to the instances that can.

alter table velro.webhook_endpoints
  -- Since when instances found that they cannot open its secret, and none could; and whether that was told of.
  add column unreadable_since timestamptz,
  add column unreadable_told boolean not null default false;

-- Gives an endpoint to a worker, as before, but for two things: those of `skipped` are passed over, and of one account (or of the service)
-- `per_account` at most are with workers at one time, on all instances. Whoever counts them holds a lock of the account until what it
-- takes is committed; an account that is being counted by somebody else is passed over.
create function velro.claim_webhook_endpoint(token uuid, lease_ms integer, at_once integer, per_account integer, skipped uuid[])
returns table (endpoint_id uuid, user_id uuid, url text, secret_sealed bytea, previous_secret_sealed bytea, pauses integer,
  unreadable_since timestamptz, unreadable_told boolean, id uuid, body text, attempts integer)
language plpgsql as $$
#variable_conflict use_column
declare
  of_service constant uuid := '00000000-0000-0000-0000-000000000000';
  busy uuid[] := '{}';
  chosen uuid;
  owner uuid;
  taken integer;
  held velro.webhook_endpoints;
begin
  loop
    select c.id, of_service into chosen, owner from velro.webhook_endpoints c
      where c.user_id is null and not of_service = any (busy) and c.lease is null and c.disabled_at is null
        and (c.paused_until is null or c.paused_until <= now()) and not c.id = any (skipped)
        and exists (select from velro.webhook_deliveries d
          where d.endpoint_id = c.id and d.state = 'waiting' and d.next_attempt_at <= now())
      limit 1 for no key update skip locked;
    if not found then
      select c.id, coalesce(c.user_id, of_service) into chosen, owner from velro.webhook_endpoints c
        where c.work_at <= now() and not c.id = any (skipped) and not coalesce(c.user_id, of_service) = any (busy)
        order by c.work_at limit 1 for no key update skip locked;
    end if;
    if not found then return; end if;
    taken := per_account;
    if pg_try_advisory_xact_lock(hashtext('velro.webhook_turns'), hashtext(owner::text)) then
      -- A statement behind the lock, which sees what was committed before it.
      select count(*) into taken from velro.webhook_endpoints o
        where o.user_id is not distinct from nullif(owner, of_service) and o.lease is not null and o.work_at > now();
    end if;
    if taken >= per_account then
      busy := busy || owner;
      continue;
    end if;
    update velro.webhook_endpoints e set lease = token, work_at = now() + lease_ms * interval '1 millisecond'
      where e.id = chosen returning e.* into held;
    if held.disabled_at is null
      and (held.user_id is null or exists (select from velro.users u where u.id = held.user_id and u.disabled_at is null)) then
      if held.redeliver_from is not null then perform velro.redeliver_webhooks(held.id); end if;
      return query
        select held.id, held.user_id, held.url, held.secret_sealed,
          case when held.previous_until > now() then held.previous_secret_sealed end, held.pauses,
          held.unreadable_since, held.unreadable_told, d.id, d.body, d.attempts
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
revoke execute on function velro.claim_webhook_endpoint(uuid, integer, integer, integer, uuid[]) from public;
grant execute on function velro.claim_webhook_endpoint(uuid, integer, integer, integer, uuid[]) to velro_app;
