-- Guesses at accounts. `account` is a keyed hash of the e-mail address, whether or not there is such an account.

create table velro.account_guesses (
  account bytea primary key check (length(account) = 32),
  -- Failures since the last success, and attempts whose outcome is still to come. Their sum is what is limited: a success
  -- forgets the failures, and not the guesses that are on their way at that moment.
  failures integer not null default 0 check (failures >= 0),
  pending integer not null default 0 check (pending >= 0),
  -- Known from the first success on, or from the purge: the count of an account that exists is never removed.
  user_id uuid references velro.users on delete set null,
  attempted_at timestamptz not null default now()
);
create index account_guesses_of_user on velro.account_guesses (user_id) where user_id is not null;
create index account_guesses_idle on velro.account_guesses (attempted_at) where user_id is null;

-- Devices that have signed in: the SHA-256 of their token alone.
create table velro.devices (
  hash bytea primary key check (length(hash) = 32),
  user_id uuid not null references velro.users on delete cascade,
  -- The account for which the device is known.
  account bytea not null check (length(account) = 32),
  -- Times of the failures that count, oldest first: a sliding window, never longer than its limit.
  failed_at timestamptz[] not null default '{}' check (cardinality(failed_at) <= 100),
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index devices_of_user on velro.devices (user_id, last_used_at);
create index devices_expiry on velro.devices (expires_at);

alter table velro.account_guesses enable row level security;
create policy service on velro.account_guesses to velro_app using (true) with check (true);
alter table velro.devices enable row level security;
create policy service on velro.devices to velro_app using (true) with check (true);

grant select, insert, update, delete on velro.account_guesses to velro_app;
grant select, insert, update, delete on velro.devices to velro_app;
