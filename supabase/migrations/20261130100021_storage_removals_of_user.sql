create index concurrently storage_removals_of_user on velro.storage_removals (user_id) where user_id is not null;
