-- What is done again and again, by one instance at a time. Whoever takes a turn moves `due_at` ahead for as long as they
-- are at it; a restart forgets no turn, and starts none early.

create table velro.sweeps (
  name text primary key,
  due_at timestamptz not null,
  -- Who is at it: only they say that it goes on, or is over.
  claim uuid
);
insert into velro.sweeps (name, due_at) values
  ('expired_files', now()),
  -- After a first deployment there is time to notice that database and bucket do not belong together.
  ('orphaned_objects', now() + interval '6 hours');

alter table velro.sweeps enable row level security;
create policy service on velro.sweeps to velro_app using (true) with check (true);
grant select on velro.sweeps to velro_app;
grant update (due_at, claim) on velro.sweeps to velro_app;
