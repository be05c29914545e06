-- 'started': has not come to its end; a run that was killed stays so, and is no success.
alter table velro.backups drop constraint backups_outcome_check;
alter table velro.backups add constraint backups_outcome_check
  check (outcome in ('started', 'succeeded', 'incomplete', 'failed')) not valid;
alter table velro.backups validate constraint backups_outcome_check;
-- For which last self-test it was said that the next is overdue.
alter table velro.backup_watch add column self_test_told_for timestamptz;
