-- Scans what was taken while the scanner was away.
insert into velro.sweeps (name, due_at) values ('quarantined_files', now());
