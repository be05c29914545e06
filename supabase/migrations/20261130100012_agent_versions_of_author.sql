create index concurrently agent_versions_of_author on velro.agent_versions (author_id) where author_id is not null;
