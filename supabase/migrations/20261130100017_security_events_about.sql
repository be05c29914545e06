-- Events that name another account than the one that caused them.
create index concurrently security_events_about on velro.security_events (velro.person_in_details(details))
  where velro.person_in_details(details) is not null;
