-- One entry for each top-up.
create unique index concurrently credit_entries_by_source on velro.credit_entries (source) where source is not null;
