-- The access tokens that were given together with a refresh token, and the first use of one of them: it counts as the use
-- of the refresh token, so that a thief who refreshes first is noticed even while the owner never refreshes that token.
alter table velro.refresh_tokens
  add column access_ids uuid[] not null default '{}',
  add column access_used_at timestamptz;
