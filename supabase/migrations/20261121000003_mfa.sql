-- The second factor: one authenticator app a person, ten recovery codes, and a cap on wrong codes that a restart keeps.

create table velro.mfa_factors (
  user_id uuid primary key references velro.users on delete cascade,
  -- AES-256-GCM under a key that the database does not have, bound to the user's id: nonce, ciphertext, tag.
  sealed_secret bytea not null check (length(sealed_secret) between 44 and 128),
  -- Null while nobody has shown a code of it yet: then it opens nothing and may be replaced.
  confirmed_at timestamptz,
  -- The latest time step whose code was taken. It only grows, so no code passes twice.
  last_step bigint check (last_step >= 0),
  created_at timestamptz not null default now(),
  check ((confirmed_at is null) = (last_step is null))
);

-- HMAC-SHA-256 of the user's id and the code, under a key that the database does not have.
create table velro.mfa_recovery_codes (
  user_id uuid not null references velro.mfa_factors on delete cascade,
  hash bytea not null check (length(hash) = 32),
  used_at timestamptz,
  primary key (user_id, hash)
);

-- When the latest codes were tried that were not right; never more of them than the cap.
create table velro.mfa_attempts (
  user_id uuid primary key references velro.users on delete cascade,
  tried_at timestamptz[] not null
);

-- Sign-ins that got their second factor; a row outlives its token and is purged afterwards.
create table velro.mfa_used_challenges (
  id uuid primary key,
  expires_at timestamptz not null
);
create index mfa_used_challenges_expiry on velro.mfa_used_challenges (expires_at);

do $$
declare
  name text;
begin
  foreach name in array array['mfa_factors', 'mfa_recovery_codes', 'mfa_attempts', 'mfa_used_challenges'] loop
    execute format('alter table velro.%I enable row level security', name);
    execute format('create policy service on velro.%I to velro_app using (true) with check (true)', name);
  end loop;
end
$$;

grant select, insert, update, delete on velro.mfa_factors to velro_app;
-- A code is used up or thrown away, never changed.
grant select, insert, delete, update (used_at) on velro.mfa_recovery_codes to velro_app;
grant select, insert, update, delete on velro.mfa_attempts to velro_app;
grant select, insert, delete on velro.mfa_used_challenges to velro_app;
