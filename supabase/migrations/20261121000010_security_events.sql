-- What the security team sees: every security event, and the alerts that some of them became.

create table velro.security_events (
  -- Time-ordered (UUID version 7): the newest first is the order of the ids, and a span of time is a range of them.
  id uuid not null,
  at timestamptz not null,
  event text not null check (length(event) <= 64),
  level text not null check (level in ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')),
  text text not null check (length(text) <= 300),
  source_ip text check (length(source_ip) <= 64),
  -- No reference: the event outlives an account.
  user_id uuid,
  request_id uuid,
  response text not null check (length(response) <= 100),
  attack text check (length(attack) <= 64),
  details jsonb not null default '{}',
  -- With what a day is counted by, so that counting reads the index alone.
  primary key (id) include (event, level)
);
create index security_events_by_name on velro.security_events (event, id desc);
create index security_events_by_level on velro.security_events (level, id desc) where level <> 'LOW';
create index security_events_of_user on velro.security_events (user_id, id desc) where user_id is not null;
create index security_events_of_address on velro.security_events (source_ip, id desc) where source_ip is not null;

-- Stored together with the job that sends them.
create table velro.security_alerts (
  id uuid primary key,
  created_at timestamptz not null default now(),
  -- What is sent: fixed fields of the event.
  payload jsonb not null,
  delivered_at timestamptz,
  gave_up_at timestamptz
);

alter table velro.security_events enable row level security;
alter table velro.security_alerts enable row level security;
create policy reads on velro.security_events for select to velro_app using (true);
create policy adds on velro.security_events for insert to velro_app with check (true);
-- Added to, never changed. The purge by age is all that removes, and whoever breaks into the service removes no more by it:
-- what is younger than a day stays.
create policy purges on velro.security_events for delete to velro_app using (at < now() - interval '1 day');
create policy service on velro.security_alerts to velro_app using (true) with check (true);

grant select, insert, delete on velro.security_events to velro_app;
grant select, insert, delete, update (delivered_at, gave_up_at) on velro.security_alerts to velro_app;
