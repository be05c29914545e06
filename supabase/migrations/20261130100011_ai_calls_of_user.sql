create index concurrently ai_calls_of_user on velro.ai_calls (user_id, id) where user_id is not null;
