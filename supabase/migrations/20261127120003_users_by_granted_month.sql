-- For the accounts that have no credits of this month yet.
create index concurrently users_by_granted_month on velro.users (granted_month);
