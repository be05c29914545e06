-- The purge of sessions and the report of retention look by it.
create index concurrently sessions_by_end on velro.sessions (ended_at) where ended_at is not null;
