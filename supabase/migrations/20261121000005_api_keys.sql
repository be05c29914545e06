-- Keys by which programs call the API for a person. Of a key's text only the SHA-256 is kept, and its first characters,
-- by which people tell keys apart.

create table velro.api_keys (
  -- Time-ordered (UUID version 7): the newest first is the order of the ids.
  id uuid primary key,
  user_id uuid not null references velro.users on delete cascade,
  name text not null check (length(name) between 1 and 100),
  prefix text not null check (length(prefix) = 14),
  hash bytea not null unique check (length(hash) = 32),
  -- What is not among the scopes that the service knows allows nothing.
  scopes text[] not null check (cardinality(scopes) between 1 and 50),
  -- CIDR ranges in their canonical spelling; none: from anywhere.
  addresses text[] not null default '{}' check (cardinality(addresses) <= 20),
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  -- To the minute.
  last_used_at timestamptz,
  -- A key outlives its deletion for a while, so that whoever still holds it is recognised.
  revoked_at timestamptz,
  -- The text before the last rotation, which works until then.
  previous_prefix text check (length(previous_prefix) = 14),
  previous_hash bytea unique check (length(previous_hash) = 32),
  previous_until timestamptz check (previous_until <= expires_at),
  check ((previous_hash is null) = (previous_prefix is null) and (previous_hash is null) = (previous_until is null))
);
create index api_keys_of_user on velro.api_keys (user_id, id desc);

alter table velro.api_keys enable row level security;
create policy service on velro.api_keys to velro_app using (true) with check (true);

-- Whose a key is, what it allows, from where and until when: fixed when it is made.
grant select, delete on velro.api_keys to velro_app;
grant insert (id, user_id, name, prefix, hash, scopes, addresses, expires_at) on velro.api_keys to velro_app;
grant update (prefix, hash, previous_prefix, previous_hash, previous_until, last_used_at, revoked_at)
  on velro.api_keys to velro_app;
