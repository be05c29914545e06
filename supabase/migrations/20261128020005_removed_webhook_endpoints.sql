-- Deleted by its owner: shown to nobody and sent nothing from then on, and purged with its deliveries, of which there may be a million.
alter table velro.webhook_endpoints add column removed_at timestamptz;
