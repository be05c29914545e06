create index concurrently blocks_of_user on velro.blocks (user_id, id) where user_id is not null;
