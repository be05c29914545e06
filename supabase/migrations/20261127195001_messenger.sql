-- People who write to a Facebook page, what they wrote, and what they are answered. An id of a person (PSID) is kept as a keyed hash, and
-- sealed for sending; texts are sealed too. A message is stored before it is acknowledged, and answered afterwards.

create table velro.messenger_people (
  id uuid primary key,
  page_id text not null check (length(page_id) between 1 and 40),
  -- HMAC-SHA-256 of page and PSID.
  psid_hash bytea not null check (length(psid_hash) = 32),
  psid_sealed bytea not null,
  -- Who answers: the agent of the page, or a human of the page's inbox.
  mode text not null default 'bot' check (mode in ('bot', 'human')),
  -- By Meta's clock: a page may answer for 24 hours.
  last_inbound_at timestamptz,
  disclosed_at timestamptz,
  blocked_at timestamptz,
  -- The person asked for the deletion of everything: it happens once the confirmation is sent.
  forget_at timestamptz,
  -- When there is something to do for this person: null for nothing. While a worker has the lease, when the lease ends.
  work_at timestamptz,
  lease uuid,
  created_at timestamptz not null default now(),
  unique (page_id, psid_hash)
) with (fillfactor = 80);
create index messenger_people_with_work on velro.messenger_people (work_at) where work_at is not null;

-- For the deletion of those who did not come back.
create index messenger_people_by_last on velro.messenger_people ((coalesce(last_inbound_at, created_at)));
create index messenger_people_blocked on velro.messenger_people (id) where blocked_at is not null;
create index messenger_people_with_human on velro.messenger_people (id) where mode = 'human';

create table velro.messenger_messages (
  id bigint generated always as identity primary key,
  person_id uuid not null references velro.messenger_people on delete cascade,
  page_id text not null,
  mid text not null check (length(mid) between 1 and 256),
  kind text not null check (kind in ('text', 'postback', 'attachment', 'sticker')),
  text_sealed bytea,
  sent_at timestamptz not null,
  received_at timestamptz not null default now(),
  state text not null check (state in ('waiting', 'answered', 'ignored')),
  unique (page_id, mid)
) with (fillfactor = 90);
create index messenger_messages_received on velro.messenger_messages (received_at);
create index messenger_messages_of_person on velro.messenger_messages (person_id, sent_at, id);
create index messenger_messages_waiting on velro.messenger_messages (person_id, sent_at, id) where state = 'waiting';

create table velro.messenger_replies (
  -- Sent along as metadata, and found again in the echo.
  id uuid primary key,
  person_id uuid not null references velro.messenger_people on delete cascade,
  message_id bigint not null references velro.messenger_messages on delete cascade,
  part smallint not null,
  text_sealed bytea not null,
  -- What answered: a model, the text for a reason, or fixed words.
  path text not null check (path in ('ai', 'fallback', 'fixed')),
  reason text,
  -- unknown: its sending was broken off, and it is not sent again by itself.
  state text not null check (state in ('queued', 'sending', 'sent', 'unknown', 'failed', 'expired', 'cancelled')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  -- Meta's id of what was sent, or its code of why not.
  mid text,
  error_code integer,
  created_at timestamptz not null default now(),
  settled_at timestamptz,
  unique (message_id, part)
) with (fillfactor = 80);
create index messenger_replies_open on velro.messenger_replies (person_id, message_id, part) where state in ('queued', 'sending');
create index messenger_replies_of_person on velro.messenger_replies (person_id, message_id, part);
create index messenger_replies_dead on velro.messenger_replies (id) where state in ('unknown', 'failed', 'expired');

-- Which agent answers for a page; without a row, the default agent.
create table velro.messenger_pages (
  page_id text primary key check (length(page_id) between 1 and 40),
  agent_id uuid not null references velro.agents on delete cascade
);

alter table velro.messenger_people enable row level security;
alter table velro.messenger_messages enable row level security;
alter table velro.messenger_replies enable row level security;
alter table velro.messenger_pages enable row level security;
create policy service on velro.messenger_people to velro_app using (true) with check (true);
create policy service on velro.messenger_messages to velro_app using (true) with check (true);
create policy service on velro.messenger_replies to velro_app using (true) with check (true);
create policy service on velro.messenger_pages to velro_app using (true) with check (true);
grant select, insert, update, delete on velro.messenger_people, velro.messenger_messages, velro.messenger_replies,
  velro.messenger_pages to velro_app;

-- Stores a batch as it came, each message once, however often it is sent. Bytes come in hex. People are locked in one order. Returns how
-- many messages were new, and how many of the rest were of blocked people.
create function velro.take_messenger_messages(messages jsonb) returns table (taken integer, refused integer) language plpgsql as $$
begin
  insert into velro.messenger_people as p (id, page_id, psid_hash, psid_sealed, last_inbound_at, work_at)
    select distinct on (m ->> 'page_id', m ->> 'psid_hash') (m ->> 'person_id')::uuid, m ->> 'page_id', decode(m ->> 'psid_hash', 'hex'),
      decode(m ->> 'psid_sealed', 'hex'), (m ->> 'sent_at')::timestamptz, now()
    from jsonb_array_elements(messages) m
    order by m ->> 'page_id', m ->> 'psid_hash', (m ->> 'sent_at')::timestamptz desc
    on conflict (page_id, psid_hash) do update set last_inbound_at = greatest(p.last_inbound_at, excluded.last_inbound_at),
      work_at = coalesce(p.work_at, excluded.work_at),
      -- Forgotten while blocked, and not blocked any more.
      psid_sealed = case when p.psid_sealed = '' and p.blocked_at is null then excluded.psid_sealed else p.psid_sealed end;
  insert into velro.messenger_messages (person_id, page_id, mid, kind, text_sealed, sent_at, state)
    select p.id, p.page_id, m ->> 'mid', m ->> 'kind', decode(m ->> 'text_sealed', 'hex'), (m ->> 'sent_at')::timestamptz,
      case p.mode when 'bot' then 'waiting' else 'ignored' end
    from jsonb_array_elements(messages) with ordinality as given (m, place)
    join velro.messenger_people p on p.page_id = m ->> 'page_id' and p.psid_hash = decode(m ->> 'psid_hash', 'hex')
    where p.blocked_at is null
    order by place
    on conflict (page_id, mid) do nothing;
  get diagnostics taken = row_count;
  select count(*) into refused from jsonb_array_elements(messages) m
    join velro.messenger_people p on p.page_id = m ->> 'page_id' and p.psid_hash = decode(m ->> 'psid_hash', 'hex')
    where p.blocked_at is not null;
  return next;
end
$$;

-- What the page itself has sent: a reply of ours is sent, however its sending ended here; anything else is a human who took over, and
-- the agent of the page is silent for this person from then on. Returns the people who were taken over.
create function velro.take_messenger_echoes(echoes jsonb) returns setof uuid language plpgsql as $$
declare
  people uuid[];
begin
  update velro.messenger_replies r set state = 'sent', mid = e ->> 'mid', settled_at = coalesce(settled_at, now())
    from jsonb_array_elements(echoes) e
    join velro.messenger_people p on p.page_id = e ->> 'page_id' and p.psid_hash = decode(e ->> 'psid_hash', 'hex')
    where r.id = (e ->> 'reply_id')::uuid and r.person_id = p.id and r.state in ('sending', 'unknown');
  insert into velro.messenger_people as p (id, page_id, psid_hash, psid_sealed)
    select distinct on (e ->> 'page_id', e ->> 'psid_hash') (e ->> 'person_id')::uuid, e ->> 'page_id',
      decode(e ->> 'psid_hash', 'hex'), decode(e ->> 'psid_sealed', 'hex')
    from jsonb_array_elements(echoes) e
    where not exists (
      select from velro.messenger_replies r join velro.messenger_people o on o.id = r.person_id
      where r.id = (e ->> 'reply_id')::uuid and o.page_id = e ->> 'page_id' and o.psid_hash = decode(e ->> 'psid_hash', 'hex'))
    order by e ->> 'page_id', e ->> 'psid_hash'
    on conflict (page_id, psid_hash) do nothing;
  with humans as (
    select distinct e ->> 'page_id' as page_id, decode(e ->> 'psid_hash', 'hex') as psid_hash
    from jsonb_array_elements(echoes) e
    where not exists (
      select from velro.messenger_replies r join velro.messenger_people o on o.id = r.person_id
      where r.id = (e ->> 'reply_id')::uuid and o.page_id = e ->> 'page_id' and o.psid_hash = decode(e ->> 'psid_hash', 'hex'))
  ), locked as (
    select p.id from velro.messenger_people p join humans using (page_id, psid_hash)
    where p.mode = 'bot' order by p.page_id, p.psid_hash for update of p
  ), changed as (
    update velro.messenger_people p set mode = 'human' from locked where p.id = locked.id returning p.id
  )
  select array_agg(id) into people from changed;
  update velro.messenger_messages set state = 'ignored' where person_id = any(people) and state = 'waiting';
  update velro.messenger_replies set state = 'cancelled', settled_at = now() where person_id = any(people) and state = 'queued';
  return query select unnest(people);
end
$$;

-- Gives the person for whom there has been something to do for longest to a worker, for `lease_ms`; no row where there is none.
create function velro.claim_messenger_person(token uuid, lease_ms integer) returns setof velro.messenger_people language sql as $$
  update velro.messenger_people set lease = token, work_at = now() + lease_ms * interval '1 millisecond'
  where id = (
    select id from velro.messenger_people where work_at <= now() order by work_at limit 1 for update skip locked)
  returning *
$$;

-- Ends a lease: what is still to do for the person comes when it is due. A person who asked for it is forgotten once nothing is left to
-- send. Each statement sees what was stored before it: whoever stores a message waits for this lock, or is seen here.
create function velro.release_messenger_person(person uuid, token uuid) returns void language plpgsql as $$
declare
  held velro.messenger_people;
  due timestamptz;
begin
  select * into held from velro.messenger_people where id = person and lease = token for update;
  if not found then return; end if;
  select min(next_attempt_at) into due from velro.messenger_replies where person_id = person and state in ('queued', 'sending');
  if due is null and held.forget_at is not null then
    -- A block outlives its person, by the hash alone.
    if held.blocked_at is null then delete from velro.messenger_people where id = person; return; end if;
    delete from velro.messenger_messages where person_id = person;
    update velro.messenger_people set psid_sealed = '', disclosed_at = null, forget_at = null, lease = null, work_at = null where id = person;
    return;
  end if;
  if due is null and exists (select from velro.messenger_messages where person_id = person and state = 'waiting') then due := now(); end if;
  update velro.messenger_people set lease = null, work_at = due where id = person;
end
$$;

revoke execute on function velro.take_messenger_messages, velro.take_messenger_echoes, velro.claim_messenger_person,
  velro.release_messenger_person from public;
grant execute on function velro.take_messenger_messages, velro.take_messenger_echoes, velro.claim_messenger_person,
  velro.release_messenger_person to velro_app;
