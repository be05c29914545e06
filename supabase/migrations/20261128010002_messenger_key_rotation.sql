-- Rotation of PSEUDONYM_KEY: whom a hash by the earlier key names stays the same person, with their block and their history, and gets the
-- hash by the present key once instances with the earlier key alone have stopped.

-- Entries of a batch, each with the hash by which its person is stored: `earlier_hash` where there is one, and else `psid_hash`. Nobody is
-- given another hash before the transaction ends.
create function velro.messenger_hashes_in_use(entries jsonb) returns jsonb language plpgsql as $$
begin
  if not exists (select from jsonb_array_elements(entries) e where e ->> 'earlier_hash' is not null) then return entries; end if;
  perform from velro.messenger_people p
    where (p.page_id, p.psid_hash) in (
      select e ->> 'page_id', decode(e ->> 'earlier_hash', 'hex') from jsonb_array_elements(entries) e)
    order by p.page_id, p.psid_hash for key share;
  return (
    select jsonb_agg(case when p.id is null then e else e || jsonb_build_object('psid_hash', e ->> 'earlier_hash') end order by place)
    from jsonb_array_elements(entries) with ordinality as given (e, place)
    left join velro.messenger_people p on p.page_id = e ->> 'page_id' and p.psid_hash = decode(e ->> 'earlier_hash', 'hex'));
end
$$;

create function velro.take_messenger_messages_by_either_key(messages jsonb) returns table (taken integer, refused integer) language sql as $$
  select taken, refused from velro.take_messenger_messages(velro.messenger_hashes_in_use(messages))
$$;
create function velro.take_messenger_echoes_by_either_key(echoes jsonb) returns setof uuid language sql as $$
  select velro.take_messenger_echoes(velro.messenger_hashes_in_use(echoes))
$$;

-- Gives people their hash by the present key, and their id sealed under it. Who came to be stored under both becomes one person: blocked,
-- or answered by a human, where either was. Somebody for whom a worker has a lease is left for the next time. Returns how many have it.
create function velro.rekey_messenger_people(entries jsonb) returns integer language plpgsql as $$
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
    continue when not found or kept.psid_sealed = '';
    select * into twin from velro.messenger_people where page_id = kept.page_id and psid_hash = entry.hash and id <> kept.id for update;
    if found then
      continue when twin.lease is not null and twin.work_at >= now();
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
      update velro.messenger_messages set state = 'ignored' where person_id = kept.id and state = 'waiting';
      update velro.messenger_replies set state = 'cancelled', settled_at = now() where person_id = kept.id and state = 'queued';
    end if;
    moved := moved + 1;
  end loop;
  return moved;
end
$$;

revoke execute on function velro.messenger_hashes_in_use, velro.take_messenger_messages_by_either_key,
  velro.take_messenger_echoes_by_either_key, velro.rekey_messenger_people from public;
grant execute on function velro.messenger_hashes_in_use, velro.take_messenger_messages_by_either_key,
  velro.take_messenger_echoes_by_either_key, velro.rekey_messenger_people to velro_app;
