-- Deletion of everything that is stored of somebody who wrote to a page: marked in one statement, whatever there is of them, and deleted in
-- batches. A message that Meta delivers again afterwards is known, and stored of nobody.

alter table velro.messenger_people
  -- Nobody's any more: the keyed hash and the sealed id are gone from it, and it waits for the deletion of its messages.
  add column removed_at timestamptz,
  -- Messages up to this id are to be deleted; null for none.
  add column removed_to bigint;
-- A request for the deletion of everything, which holds whoever answers the person.
alter table velro.messenger_messages add column asks_deletion boolean not null default false;

-- Messages of people who were forgotten, and these people, for as long as Meta may deliver again what was before: the SHA-256 of page and id,
-- and of page and keyed hash.
create table velro.messenger_forgotten_messages (
  digest bytea primary key check (length(digest) = 32),
  until timestamptz not null
);
create index messenger_forgotten_messages_by_end on velro.messenger_forgotten_messages (until);
alter table velro.messenger_forgotten_messages enable row level security;
create policy service on velro.messenger_forgotten_messages to velro_app using (true) with check (true);
grant select, insert, update, delete on velro.messenger_forgotten_messages to velro_app;

create function velro.messenger_message_digest(page_id text, mid text) returns bytea language sql immutable as $$
  select sha256(convert_to(page_id || ':' || mid, 'UTF8'))
$$;

-- Of somebody who was forgotten, by whom an echo of before is known.
create function velro.messenger_person_digest(page_id text, psid_hash bytea) returns bytea language sql immutable as $$
  select sha256(convert_to('person:' || page_id || ':', 'UTF8') || psid_hash)
$$;

-- Deletes these messages with their replies, of people who are forgotten. Returns how many.
create function velro.delete_messenger_messages(ids bigint[]) returns integer language sql as $$
  with gone as (
    delete from velro.messenger_messages where id = any(ids) returning page_id, mid, received_at
  ), known as (
    insert into velro.messenger_forgotten_messages (digest, until)
      select velro.messenger_message_digest(page_id, mid), received_at + interval '36 hours' from gone
      where received_at > now() - interval '36 hours'
      on conflict do nothing
  )
  select count(*)::integer from gone
$$;

-- Deletes what is left of people who are forgotten, at most so many rows of each kind. Returns how many.
create function velro.sweep_removed_messenger_people(at_most integer) returns integer language plpgsql as $$
declare
  messages integer;
  people integer;
begin
  messages := velro.delete_messenger_messages(array(
    select m.id from velro.messenger_people p join velro.messenger_messages m on m.person_id = p.id and m.id <= p.removed_to
    where p.removed_to is not null limit at_most));
  with done as (
    select id from velro.messenger_people p
    where removed_to is not null
      and not exists (select from velro.messenger_messages m where m.person_id = p.id and m.id <= p.removed_to)
    order by id limit at_most for update skip locked
  ), gone as (
    delete from velro.messenger_people p using done where p.id = done.id and p.removed_at is not null returning p.id
  ), kept as (
    update velro.messenger_people p set removed_to = null from done where p.id = done.id and p.removed_at is null returning p.id
  )
  select (select count(*) from gone) + (select count(*) from kept) into people;
  return messages + people;
end
$$;

-- Forgets somebody: of a blocked person the hash stays, by which the block holds. What there is beyond some hundreds of messages is deleted
-- by the sweep: up to the last message of all, for theirs are below while this holds their lock. False for an unknown one.
create or replace function velro.forget_messenger_person(person uuid) returns boolean language plpgsql as $$
declare
  held velro.messenger_people;
  at_once constant integer := 500;
begin
  select * into held from velro.messenger_people where id = person and removed_at is null for update;
  if not found then return false; end if;
  insert into velro.messenger_forgotten_messages (digest, until)
    values (velro.messenger_person_digest(held.page_id, held.psid_hash), now() + interval '36 hours')
    on conflict (digest) do update set until = excluded.until;
  perform velro.delete_messenger_messages(array(
    select id from velro.messenger_messages where person_id = person order by sent_at, id limit at_once));
  if held.blocked_at is not null then
    update velro.messenger_people set psid_sealed = '', disclosed_at = null, forget_at = null, lease = null, work_at = null,
      removed_to = (select max(id) from velro.messenger_messages)
      where id = person;
  elsif exists (select from velro.messenger_messages where person_id = person) then
    -- Whoever writes from now on is somebody new.
    update velro.messenger_people set psid_hash = uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), psid_sealed = '',
      disclosed_at = null, forget_at = null, lease = null, work_at = null, mode = 'bot', removed_at = now(),
      removed_to = (select max(id) from velro.messenger_messages)
      where id = person;
  else
    delete from velro.messenger_people where id = person;
  end if;
  return true;
end
$$;

create or replace function velro.release_messenger_person(person uuid, token uuid) returns void language plpgsql as $$
declare
  held velro.messenger_people;
  due timestamptz;
begin
  select * into held from velro.messenger_people where id = person and lease = token for update;
  if not found then return; end if;
  -- What comes behind a reply that waits, waits too.
  select greatest(next_attempt_at, now()) into due from velro.messenger_replies
    where person_id = person and state in ('queued', 'sending') order by message_id, part limit 1;
  if due is null and held.forget_at is not null then
    perform velro.forget_messenger_person(person);
    return;
  end if;
  if due is null and exists (select from velro.messenger_messages where person_id = person and state = 'waiting') then due := now(); end if;
  update velro.messenger_people set lease = null, work_at = due where id = person;
end
$$;

-- Messages without those of people who were forgotten.
create function velro.unforgotten_messenger_messages(messages jsonb) returns jsonb language plpgsql as $$
declare
  forgotten bigint[];
begin
  select array_agg(place) into forgotten from jsonb_array_elements(messages) with ordinality as given (m, place)
    join velro.messenger_forgotten_messages f on f.digest = velro.messenger_message_digest(m ->> 'page_id', m ->> 'mid');
  if forgotten is null then return messages; end if;
  return (
    select coalesce(jsonb_agg(m order by place), '[]') from jsonb_array_elements(messages) with ordinality as given (m, place)
    where place <> all (forgotten));
end
$$;

-- Stores what came in several deliveries, each message once, however often it is sent. Bytes come in hex, and with each message the number of its
-- delivery. People are locked in one order. Returns for each delivery how many of its messages were new, and how many of the rest were
-- of blocked people. Each call is planned for itself: a plan made for one message, or while the tables were empty, takes a thousand of them
-- six times as long.
create function velro.take_messenger_deliveries(messages jsonb) returns table (delivery integer, taken integer, refused integer)
  language plpgsql set plan_cache_mode = force_custom_plan as $$
declare
  given jsonb := velro.unforgotten_messenger_messages(messages);
  stored integer := 0;
begin
  insert into velro.messenger_people as p (id, page_id, psid_hash, psid_sealed, last_inbound_at, work_at)
    select distinct on (m ->> 'page_id', m ->> 'psid_hash') (m ->> 'person_id')::uuid, m ->> 'page_id', decode(m ->> 'psid_hash', 'hex'),
      decode(m ->> 'psid_sealed', 'hex'), (m ->> 'sent_at')::timestamptz, now()
    from jsonb_array_elements(given) m
    order by m ->> 'page_id', m ->> 'psid_hash', (m ->> 'sent_at')::timestamptz desc
    on conflict (page_id, psid_hash) do update set last_inbound_at = greatest(p.last_inbound_at, excluded.last_inbound_at),
      work_at = coalesce(p.work_at, excluded.work_at),
      -- Forgotten while blocked, and not blocked any more.
      psid_sealed = case when p.psid_sealed = '' and p.blocked_at is null then excluded.psid_sealed else p.psid_sealed end;
  -- Whoever was being forgotten meanwhile is forgotten now.
  given := velro.unforgotten_messenger_messages(given);
  for delivery, taken, refused in
    with entries as (
      select place, (m ->> 'delivery')::integer as delivery, m ->> 'mid' as mid, m ->> 'kind' as kind,
        decode(m ->> 'text_sealed', 'hex') as text_sealed, (m ->> 'sent_at')::timestamptz as sent_at,
        coalesce((m ->> 'asks_deletion')::boolean, false) as asks_deletion, p.id as person_id, p.page_id, p.mode,
        p.blocked_at is not null as is_blocked
      from jsonb_array_elements(given) with ordinality as all_given (m, place)
      join velro.messenger_people p on p.page_id = m ->> 'page_id' and p.psid_hash = decode(m ->> 'psid_hash', 'hex')
    ), added as (
      insert into velro.messenger_messages as s (person_id, page_id, mid, kind, text_sealed, sent_at, state, asks_deletion)
        select e.person_id, e.page_id, e.mid, e.kind, e.text_sealed, e.sent_at,
          case when e.mode = 'bot' or e.asks_deletion then 'waiting' else 'ignored' end, e.asks_deletion
        from entries e where not e.is_blocked order by e.place
        on conflict (page_id, mid) do nothing
        returning s.page_id, s.mid
    ), first as (
      select distinct on (e.page_id, e.mid) e.place from entries e join added using (page_id, mid) where not e.is_blocked
      order by e.page_id, e.mid, e.place
    )
    select e.delivery, count(first.place)::integer, count(*) filter (where e.is_blocked)::integer
    from entries e left join first using (place) group by e.delivery
  loop
    stored := stored + taken;
    return next;
  end loop;
  -- Of a blocked person nothing is stored, and what was is deleted as they ask.
  perform velro.forget_messenger_person(p.id) from velro.messenger_people p
    where p.blocked_at is not null and p.psid_sealed <> '' and (p.page_id, p.psid_hash) in (
      select m ->> 'page_id', decode(m ->> 'psid_hash', 'hex') from jsonb_array_elements(given) m
      where (m ->> 'asks_deletion')::boolean);
  -- Nor is what a sweep deleted while this waited for it.
  if velro.unforgotten_messenger_messages(given) <> given then
    delete from velro.messenger_messages s using jsonb_array_elements(given) m
      where s.page_id = m ->> 'page_id' and s.mid = m ->> 'mid' and exists (
        select from velro.messenger_forgotten_messages f where f.digest = velro.messenger_message_digest(s.page_id, s.mid));
  elsif stored = jsonb_array_length(messages) then
    return;
  end if;
  -- Somebody who was forgotten while this waited for it, and of whom all was known.
  delete from velro.messenger_people p using jsonb_array_elements(messages) m
    where p.id = (m ->> 'person_id')::uuid and not exists (select from velro.messenger_messages s where s.person_id = p.id);
end
$$;

create or replace function velro.take_messenger_messages(messages jsonb) returns table (taken integer, refused integer) language sql as $$
  select coalesce(sum(d.taken), 0)::integer, coalesce(sum(d.refused), 0)::integer from velro.take_messenger_deliveries(messages) d
$$;

-- A human who takes over leaves what the person asked to be deleted to us, and its confirmation.
create or replace function velro.take_messenger_echoes(echoes jsonb) returns setof uuid language plpgsql as $$
declare
  humans constant jsonb := velro.messenger_echoes_of_humans(echoes);
  people uuid[];
begin
  update velro.messenger_replies r set state = 'sent', mid = e ->> 'mid', settled_at = coalesce(settled_at, now())
    from jsonb_array_elements(echoes) e
    join velro.messenger_people p on p.page_id = e ->> 'page_id' and p.psid_hash = decode(e ->> 'psid_hash', 'hex')
    where r.id = (e ->> 'reply_id')::uuid and r.person_id = p.id and r.state in ('sending', 'unknown');
  -- New ones and known ones in one order, as messages lock them.
  insert into velro.messenger_people as p (id, page_id, psid_hash, psid_sealed)
    select distinct on (e ->> 'page_id', e ->> 'psid_hash') (e ->> 'person_id')::uuid, e ->> 'page_id',
      decode(e ->> 'psid_hash', 'hex'), decode(e ->> 'psid_sealed', 'hex')
    from jsonb_array_elements(humans) e
    order by e ->> 'page_id', e ->> 'psid_hash'
    on conflict (page_id, psid_hash) do update set mode = p.mode;
  with changed as (
    update velro.messenger_people p set mode = 'human'
    from (select distinct e ->> 'page_id' as page_id, decode(e ->> 'psid_hash', 'hex') as psid_hash from jsonb_array_elements(humans) e) h
    where p.page_id = h.page_id and p.psid_hash = h.psid_hash and p.mode = 'bot' returning p.id
  )
  select array_agg(id) into people from changed;
  perform velro.silence_messenger_people(people);
  return query select unnest(people);
end
$$;

-- Echoes that are none of a reply of ours, and not of before their person was forgotten.
create function velro.messenger_echoes_of_humans(echoes jsonb) returns jsonb language sql as $$
  select coalesce(jsonb_agg(e order by place), '[]') from jsonb_array_elements(echoes) with ordinality as given (e, place)
  where not exists (
      select from velro.messenger_replies r join velro.messenger_people o on o.id = r.person_id
      where r.id = (e ->> 'reply_id')::uuid and o.page_id = e ->> 'page_id' and o.psid_hash = decode(e ->> 'psid_hash', 'hex'))
    and not exists (
      select from velro.messenger_forgotten_messages f
      where f.digest in (
          velro.messenger_person_digest(e ->> 'page_id', decode(e ->> 'psid_hash', 'hex')),
          velro.messenger_person_digest(e ->> 'page_id', decode(e ->> 'earlier_hash', 'hex')))
        and coalesce((e ->> 'sent_at')::timestamptz, '-infinity') <= f.until - interval '36 hours')
$$;

-- What waits for these people is not answered any more, but what they asked to be deleted.
create function velro.silence_messenger_people(people uuid[]) returns void language plpgsql as $$
begin
  update velro.messenger_messages set state = 'ignored'
    where person_id = any(people) and state = 'waiting' and not asks_deletion;
  update velro.messenger_replies r set state = 'cancelled', settled_at = now()
    from velro.messenger_messages m
    where r.person_id = any(people) and r.state = 'queued' and m.id = r.message_id and not m.asks_deletion;
end
$$;

-- As before, but for people who are about to be deleted.
create or replace function velro.rekey_messenger_people(entries jsonb) returns integer language plpgsql as $$
declare
  entry record;
  kept velro.messenger_people;
  twin velro.messenger_people;
  moved integer := 0;
begin
  for entry in
    select (e ->> 'id')::uuid as id, decode(e ->> 'hash', 'hex') as hash, decode(e ->> 'sealed', 'hex') as sealed
    from jsonb_array_elements(entries) e order by e ->> 'id'
  loop
    select * into kept from velro.messenger_people where id = entry.id and (lease is null or work_at < now()) for update skip locked;
    -- Whose messages are about to be deleted is not mixed with anybody.
    continue when not found or kept.psid_sealed = '' or kept.removed_to is not null;
    select * into twin from velro.messenger_people where page_id = kept.page_id and psid_hash = entry.hash and id <> kept.id for update;
    if found then
      continue when twin.removed_to is not null or (twin.lease is not null and twin.work_at >= now());
      update velro.messenger_messages set person_id = kept.id where person_id = twin.id;
      update velro.messenger_replies set person_id = kept.id where person_id = twin.id;
      delete from velro.messenger_people where id = twin.id;
    end if;
    update velro.messenger_people set psid_hash = entry.hash, psid_sealed = entry.sealed,
      mode = case when 'human' in (kept.mode, twin.mode) then 'human' else 'bot' end,
      last_inbound_at = greatest(kept.last_inbound_at, twin.last_inbound_at),
      disclosed_at = greatest(kept.disclosed_at, twin.disclosed_at),
      blocked_at = least(kept.blocked_at, twin.blocked_at),
      forget_at = coalesce(kept.forget_at, twin.forget_at),
      work_at = least(kept.work_at, twin.work_at)
      where id = kept.id returning * into kept;
    if kept.mode = 'human' or kept.blocked_at is not null then
      perform velro.silence_messenger_people(array[kept.id]);
    end if;
    moved := moved + 1;
  end loop;
  return moved;
end
$$;

revoke execute on function velro.messenger_person_digest, velro.messenger_echoes_of_humans,
  velro.messenger_message_digest, velro.delete_messenger_messages, velro.sweep_removed_messenger_people,
  velro.unforgotten_messenger_messages, velro.take_messenger_deliveries, velro.silence_messenger_people from public;
grant execute on function velro.messenger_person_digest, velro.messenger_echoes_of_humans,
  velro.messenger_message_digest, velro.delete_messenger_messages, velro.sweep_removed_messenger_people,
  velro.unforgotten_messenger_messages, velro.take_messenger_deliveries, velro.silence_messenger_people to velro_app;
