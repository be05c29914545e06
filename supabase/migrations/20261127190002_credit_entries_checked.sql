-- Reads the ledger once, and blocks nobody that writes to it.
alter table velro.credit_entries validate constraint credit_entries_check;
