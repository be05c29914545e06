-- The id of the access tokens that were given together with a refresh token, and the first use of one of them: it counts as
-- the use of the refresh token, so that a thief who refreshes first is noticed even while the owner never refreshes that
-- token.
alter table velro.refresh_tokens
  add column access_id uuid,
  add column access_used_at timestamptz;
create index refresh_tokens_access on velro.refresh_tokens (access_id) where access_used_at is null;
