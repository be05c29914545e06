-- Of a user, wherever they are.
create index concurrently threat_scores_of_user on velro.threat_scores (right(subject, 36));
