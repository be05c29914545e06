-- The sweep of drafts, which uploads of killed processes leave in the storage.
insert into velro.sweeps (name, due_at) values ('abandoned_drafts', now());
