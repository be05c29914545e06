-- When a visitor's conversations moved to an account. The row stays until the purge, so that no late request makes the visitor anew.
alter table velro.visitors add column claimed_at timestamptz;
