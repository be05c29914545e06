-- When a file that no scanner has seen is scanned next; null: it was scanned, or none was configured. Until then nobody reads it.
alter table velro.files add column scan_due_at timestamptz;
grant update (scan_due_at) on velro.files to velro_app;
