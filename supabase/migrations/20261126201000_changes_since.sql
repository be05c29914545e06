-- Instances read what was committed since their last look, and a notification is only a hint to look: any role of the
-- database may send one, so nothing of its text is used. The triggers stay as they are, for the version that still serves.

-- The transaction that wrote a row: with a snapshot it tells which rows that snapshot did not show. An id does not, because
-- a transaction that began earlier may commit a lower one later.
alter table velro.revocations add column written_by xid8 not null default pg_current_xact_id();
create index revocations_by_writer on velro.revocations (written_by);

alter table velro.blocks add column written_by xid8 not null default pg_current_xact_id();
create index blocks_by_writer on velro.blocks (written_by);

create function velro.note_writer() returns trigger language plpgsql as $$
begin
  new.written_by := pg_current_xact_id();
  return new;
end
$$;
create trigger note_writer before update on velro.blocks for each row execute function velro.note_writer();
-- Blocks of administrators are loaded apart from those of the service, which may be many.
create index blocks_of_administrators on velro.blocks (id desc) where made_by is not null and lifted_at is null;
