-- For the purge: numbers of accounts stay, and are not read for it, however many accounts there are.
create index concurrently webhook_sequences_passing on velro.webhook_sequences (changed_at) where object_id is distinct from user_id;
