create index concurrently credit_entries_of_actor on velro.credit_entries (actor_id) where actor_id is not null;
