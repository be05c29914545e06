create index concurrently security_alerts_of_user on velro.security_alerts ((payload #>> '{data,user_id}'))
  where payload #>> '{data,user_id}' is not null;
