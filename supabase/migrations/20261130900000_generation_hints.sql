-- A change of a generation is announced by the instance that committed it, once it is committed: NOTIFY makes the commits of all
-- transactions that contain it wait for each other, and these are those of money and of jobs.
-- expand/contract: instances of the version before announce by this trigger; while a deploy rolls, their streams look for themselves.
drop trigger announce on velro.generations;
drop function velro.announce_generation();
