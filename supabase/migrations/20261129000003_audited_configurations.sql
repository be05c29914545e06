create index concurrently if not exists audited_configurations on velro.audit_entries (at, id) where action = 'configuration.loaded';
