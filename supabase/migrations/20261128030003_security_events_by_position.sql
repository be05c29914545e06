-- What waits for the export.
create index concurrently security_events_by_position on velro.security_events (position) where position is not null;
