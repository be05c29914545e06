-- An event that the SIEM refuses for its content is put aside, so that those behind it are not held back for ever.
alter table velro.siem_export
  -- Events that were put aside, ever, and since the last one that was accepted.
  add column refused bigint not null default 0 check (refused >= 0),
  add column refused_in_row integer not null default 0 check (refused_in_row >= 0);
grant update (refused, refused_in_row) on velro.siem_export to velro_app;

-- Which ones, for as long as they are stored.
create table velro.siem_refused_events (
  event_id uuid primary key,
  position bigint not null,
  -- Of HTTP.
  status integer not null,
  refused_at timestamptz not null default now()
);
alter table velro.siem_refused_events enable row level security;
create policy service on velro.siem_refused_events to velro_app using (true) with check (true);
grant select, insert, update, delete on velro.siem_refused_events to velro_app;
