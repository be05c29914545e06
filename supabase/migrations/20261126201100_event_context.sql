-- Where an event came from and at whom it was aimed: a keyed hash of the address, the route's template, the process and the
-- trace; and how many equal events one row stands for.
alter table velro.security_events
  add column account text check (length(account) <= 64),
  add column method text check (length(method) <= 16),
  add column route text check (length(route) <= 200),
  add column instance text check (length(instance) <= 64),
  add column trace_id text check (length(trace_id) = 32),
  add column suppressed integer not null default 0 check (suppressed >= 0);
create index security_events_of_account on velro.security_events (account, id desc) where account is not null;

-- A day is counted with what its rows stand for, from the index alone.
alter table velro.security_events drop constraint security_events_pkey;
alter table velro.security_events add primary key (id) include (event, level, suppressed);
