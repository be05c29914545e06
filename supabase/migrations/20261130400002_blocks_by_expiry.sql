-- Lifted ones too: the purge of blocks and the report of retention look by it.
create index concurrently blocks_by_expiry on velro.blocks (expires_at);
