-- Hits that are counted here while the counters in Redis are away: those of the rules that must hold exactly.

-- Unlogged: hits outlive their window by nothing, and a database that crashed may begin to count anew. Nobody waits for the
-- log of transactions, and it does not grow under an attack.
create unlogged table velro.counter_hits (
  -- SHA-256 of the bucket's strategy and name.
  bucket bytea not null check (length(bucket) = 32),
  -- Microseconds. In a sliding window when the hit was taken; in a token bucket when its token will have come back.
  at bigint not null,
  -- The decision that took it.
  decision uuid not null,
  expires_at timestamptz not null,
  primary key (bucket, at, decision)
);
create index counter_hits_expiry on velro.counter_hits (expires_at);

-- Decisions about the same bucket come one after the other, on every instance. Always locked in the same order: decisions
-- that share several buckets never wait for each other in a circle.
create function velro.lock_buckets(buckets bytea[]) returns void language plpgsql as $$
declare
  number bigint;
begin
  for number in
    select distinct ('x' || encode(substr(b, 1, 8), 'hex'))::bit(64)::bigint from unnest(buckets) b order by 1
  loop
    perform pg_advisory_xact_lock(number);
  end loop;
end
$$;

create function velro.now_us() returns bigint language sql volatile
  return (extract(epoch from clock_timestamp()) * 1000000)::bigint;

-- One decision: a hit in every bucket, or none in any. `rooms`: for how many hits each had room before; `waits`:
-- microseconds until something comes back. A bucket's lock is held until the commit, so the time is read behind it.
create function velro.take_hits(
  taken_by uuid, buckets bytea[], strategies text[], limits bigint[], windows bigint[],
  out rooms double precision[], out waits double precision[]
) language plpgsql as $$
declare
  moment bigint;
  held bigint;
  each bigint;
  nearest bigint;
  debt bigint;
  owed bigint[];
  room bigint;
begin
  perform velro.lock_buckets(buckets);
  moment := velro.now_us();
  for i in 1..cardinality(buckets) loop
    if strategies[i] = 'token_bucket' then
      delete from velro.counter_hits h where h.bucket = buckets[i] and h.at <= moment;
      each := ceil(windows[i]::numeric / limits[i]);
      select coalesce(max(h.at) - moment, 0), min(h.at) - moment into debt, nearest
        from velro.counter_hits h where h.bucket = buckets[i];
      room := greatest(0, limits[i] - ceil(debt::numeric / each));
      owed[i] := debt;
      waits[i] := case when room = 0 then debt + each - limits[i] * each else coalesce(nearest, each) end;
    else
      delete from velro.counter_hits h where h.bucket = buckets[i] and h.at <= moment - windows[i];
      select count(*) into held from velro.counter_hits h where h.bucket = buckets[i];
      room := greatest(0, limits[i] - held);
      select h.at into nearest from velro.counter_hits h where h.bucket = buckets[i]
        order by h.at offset greatest(0, held - limits[i]) limit 1;
      waits[i] := coalesce(nearest + windows[i] - moment, windows[i]);
    end if;
    rooms[i] := room;
  end loop;
  if 0 = any (rooms) then return; end if;
  for i in 1..cardinality(buckets) loop
    each := case when strategies[i] = 'token_bucket' then owed[i] + ceil(windows[i]::numeric / limits[i]) else 0 end;
    insert into velro.counter_hits (bucket, at, decision, expires_at) values (buckets[i], moment + each, taken_by,
      to_timestamp((moment + case when strategies[i] = 'token_bucket' then each else windows[i] end) / 1000000.0));
  end loop;
end
$$;

-- Removes the hits of one decision. Tokens come back one after the other: those behind one that is given come earlier, and
-- of one that is on its way back already only the part that is still missing is given.
create function velro.give_back_hits(
  taken_by uuid, buckets bytea[], strategies text[], limits bigint[], windows bigint[]
) returns void language plpgsql as $$
declare
  moment bigint;
  due bigint;
  missing bigint;
begin
  perform velro.lock_buckets(buckets);
  moment := velro.now_us();
  for i in 1..cardinality(buckets) loop
    delete from velro.counter_hits h where h.bucket = buckets[i] and h.decision = taken_by returning h.at into due;
    continue when due is null or strategies[i] <> 'token_bucket';
    missing := least(ceil(windows[i]::numeric / limits[i]), due - moment);
    continue when missing <= 0;
    update velro.counter_hits h set at = h.at - missing where h.bucket = buckets[i] and h.at > due;
  end loop;
end
$$;

alter table velro.counter_hits enable row level security;
create policy service on velro.counter_hits to velro_app using (true) with check (true);
grant select, insert, update (at), delete on velro.counter_hits to velro_app;
revoke execute on function velro.lock_buckets, velro.now_us, velro.take_hits, velro.give_back_hits from public;
grant execute on function velro.lock_buckets, velro.now_us, velro.take_hits, velro.give_back_hits to velro_app;
