-- While a new password is on its way to the identity provider nobody signs in with the old one. Set in the transaction
-- that ends every session, before the provider is asked: a crash between the two leaves no session alive.
alter table velro.users add column password_changing_until timestamptz;

-- People are listed newest first, and found by the beginning of their address.
create index users_by_age on velro.users (created_at desc, id desc);
create index users_by_address on velro.users (lower(email) text_pattern_ops);

-- Wrong codes count by where they come from: a device that has signed in and an open session have counts of their own, so
-- that a stranger who knows the password cannot use up the tries of the owner. The empty name is that of all strangers.
alter table velro.mfa_attempts
  add column source bytea not null default '' check (length(source) <= 32),
  -- Strangers alone: wrong codes since the last right one of theirs, or since the password was reset.
  add column failures integer not null default 0 check (failures >= 0);
alter table velro.mfa_attempts drop constraint mfa_attempts_pkey;
alter table velro.mfa_attempts add primary key (user_id, source);
