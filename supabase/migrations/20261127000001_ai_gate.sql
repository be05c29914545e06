-- The queue before the kill switch. Whoever starts work of a provider locks this empty table in row share mode, within the
-- statement that reads the switch; whoever turns the switch locks it exclusively. Relation locks are granted in the order of
-- the requests, so that a stream of readers cannot keep the switch waiting, as it could by share locks on the switch's row.
create table velro.ai_gate (singleton boolean primary key);
alter table velro.ai_gate enable row level security;
create policy service on velro.ai_gate to velro_app using (true) with check (true);
-- An exclusive lock on a table needs one of the rights to change it.
grant select, update, delete on velro.ai_gate to velro_app;
