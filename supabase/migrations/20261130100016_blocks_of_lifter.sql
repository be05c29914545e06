create index concurrently blocks_of_lifter on velro.blocks (lifted_by) where lifted_by is not null;
