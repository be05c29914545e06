-- Events are exported in the order of their positions: the order in which they were stored, which that of their ids is not
-- (several processes, and events that waited for the database). What was stored before has none.
create sequence velro.security_event_positions;
alter table velro.security_events add column position bigint;
alter table velro.security_events alter column position set default nextval('velro.security_event_positions');
grant usage, select on sequence velro.security_event_positions to velro_app;

-- A position is given before its row is committed. So whoever adds rows holds a lock of this table to the commit, beside each
-- other … It never has a row. An advisory lock could be held by every login of the database.
create table velro.security_event_gate (is_only boolean primary key);
alter table velro.security_event_gate enable row level security;
create policy service on velro.security_event_gate to velro_app using (true) with check (true);
grant update on velro.security_event_gate to velro_app;

create function velro.hold_security_event_positions() returns trigger language plpgsql as $$
begin
  lock table velro.security_event_gate in row share mode;
  return null;
end
$$;
create trigger hold_positions before insert on velro.security_events for each statement
  execute function velro.hold_security_event_positions();

-- … and the highest position below which nothing is open any more is read without them. They wait as long as this waits at most.
create function velro.settled_security_event_position() returns bigint language plpgsql set lock_timeout = '250ms' as $$
begin
  lock table velro.security_event_gate in exclusive mode;
  return (select last_value from velro.security_event_positions);
end
$$;

-- How far the export to the SIEM is, which one instance does at a time.
create table velro.siem_export (
  is_only boolean primary key default true check (is_only),
  -- Every event up to it was accepted. 0: from the first on.
  position bigint not null default 0 check (position >= 0),
  -- Who is at it, until `due_at`: only they move the position.
  claim uuid,
  due_at timestamptz not null default now(),
  -- Failures in a row.
  failures integer not null default 0 check (failures >= 0),
  -- Events whose retention was over before they were accepted.
  expired bigint not null default 0 check (expired >= 0)
);
insert into velro.siem_export default values;

alter table velro.siem_export enable row level security;
create policy service on velro.siem_export to velro_app using (true) with check (true);
grant select, update (position, claim, due_at, failures, expired) on velro.siem_export to velro_app;
