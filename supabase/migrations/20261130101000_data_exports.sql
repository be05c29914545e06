-- Exports of all that the service knows of a person: made part by part, kept for some days.

create table velro.data_exports (
  id uuid primary key,
  user_id uuid not null references velro.users on delete cascade,
  requested_at timestamptz not null default now(),
  -- working: a worker adds parts. ready: all are there. failed: given up.
  state text not null default 'working' check (state in ('working', 'ready', 'failed')),
  -- Where the next part begins: the table by its place, and behind which of its rows.
  next_table integer not null default 0,
  next_after text[],
  -- What the parts have, for the table of contents: a list of table, file and rows.
  contents jsonb not null default '[]',
  finished_at timestamptz,
  expires_at timestamptz,
  -- When there is something to do; while a worker has the claim, when the claim ends. Null: nothing any more.
  work_at timestamptz default now(),
  claim uuid,
  failures integer not null default 0 check (failures >= 0)
);
create unique index data_exports_one on velro.data_exports (user_id) where state = 'working';
create index data_exports_of_user on velro.data_exports (user_id, requested_at);
create index data_exports_with_work on velro.data_exports (work_at) where work_at is not null;
create index data_exports_expiry on velro.data_exports (expires_at) where expires_at is not null;

create table velro.data_export_parts (
  export_id uuid not null references velro.data_exports on delete cascade,
  number integer not null check (number > 0),
  object_key text not null unique,
  bytes bigint not null check (bytes > 0),
  primary key (export_id, number)
);

do $$
declare name text;
begin
  foreach name in array array['data_exports', 'data_export_parts'] loop
    execute format('alter table velro.%I enable row level security', name);
    execute format('create policy service on velro.%I to velro_app using (true) with check (true)', name);
    execute format('grant select, insert, update, delete on velro.%I to velro_app', name);
  end loop;
end
$$;
create constraint trigger export_is_audited after insert on velro.data_exports deferrable initially deferred
  for each row execute function velro.require_audit_entry('export.requested');
