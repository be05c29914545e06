-- Who holds the mail of an address chooses the password: a password admits only after that.
alter table velro.users
  -- When whoever holds the mail first chose the password here.
  add column proven_at timestamptz,
  -- The first sign-in by the identity provider's own proof of the address: a social login or a link.
  add column exchanged_at timestamptz;

-- When the identity provider last showed that the account exists there.
alter table velro.users add column identity_seen_at timestamptz not null default now();

-- When an address was taken over from the identity provider without a proof: the next proof counts as the first.
alter table velro.users add column address_taken_at timestamptz;
