create index concurrently if not exists audit_entries_of_action on velro.audit_entries (action, at, id);
