-- Removes unfinished uploads that nobody goes on with.
insert into velro.sweeps (name, due_at) values ('expired_uploads', now());
