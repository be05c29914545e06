create index concurrently blocks_of_maker on velro.blocks (made_by) where made_by is not null;
