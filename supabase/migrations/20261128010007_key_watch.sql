-- Since when the keys and tokens of the service are in use: of each a keyed fingerprint, by which nothing can be tried out. A start with
-- another one than before is a rotation.
create table velro.key_fingerprints (
  name text not null check (length(name) between 1 and 60),
  fingerprint bytea not null check (length(fingerprint) = 16),
  -- Of the key of the fingerprints themselves: those by different ones cannot be compared.
  key_id text not null,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  primary key (name, fingerprint)
);

-- What Meta said last of the page. `due_at`: when it is asked again, by one instance.
create table velro.page_watch (
  singleton boolean primary key default true check (singleton),
  due_at timestamptz not null default now(),
  checked_at timestamptz,
  token_valid boolean,
  token_expires_at timestamptz,
  data_access_expires_at timestamptz,
  subscribed boolean,
  failure text check (length(failure) <= 40)
);
insert into velro.page_watch default values;

-- Up to which level the operators were told of a key, so that each level is told of once.
create table velro.key_alarms (
  name text primary key check (length(name) between 1 and 60),
  level text not null check (level in ('ok', 'notice', 'warning', 'critical')),
  told_at timestamptz not null default now()
);

alter table velro.key_fingerprints enable row level security;
alter table velro.page_watch enable row level security;
alter table velro.key_alarms enable row level security;
create policy service on velro.key_fingerprints to velro_app using (true) with check (true);
create policy service on velro.page_watch to velro_app using (true) with check (true);
create policy service on velro.key_alarms to velro_app using (true) with check (true);
grant select, insert, update, delete on velro.key_fingerprints, velro.key_alarms to velro_app;
grant select, update on velro.page_watch to velro_app;
