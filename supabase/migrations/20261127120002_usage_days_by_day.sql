-- For what everybody used in a range of days, and for the deletion of old days.
create index concurrently usage_days_by_day on velro.usage_days (day);
