-- A refresh token remembers the one it was exchanged for, sealed with a key that only the token itself gives: so a lost
-- answer can be given again, and the database alone opens nothing.
alter table velro.refresh_tokens
  add column successor_hash bytea unique check (length(successor_hash) = 32),
  add column sealed_successor bytea,
  add constraint refresh_tokens_exchanged check ((used_at is null) = (successor_hash is null) and (successor_hash is null) = (sealed_successor is null));
grant delete on velro.sessions to velro_app;
create index sessions_expiry on velro.sessions (expires_at);
