create index concurrently if not exists incident_affected_of_notice on velro.incident_affected (notice_id) where notice_id is not null;
