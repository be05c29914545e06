create index concurrently if not exists files_to_scan on velro.files (scan_due_at) where scan_due_at is not null;
