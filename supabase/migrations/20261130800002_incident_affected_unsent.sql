create index concurrently if not exists incident_affected_unsent on velro.incident_affected (incident_id, user_id) where sent_at is null;
