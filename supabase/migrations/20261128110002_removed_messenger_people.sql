-- For the sweep.
create index concurrently messenger_people_removed on velro.messenger_people (id) where removed_to is not null;
