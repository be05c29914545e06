-- For the purge of endpoints that were deleted, which are few among many.
create index concurrently webhook_endpoints_removed on velro.webhook_endpoints (id) where removed_at is not null;
