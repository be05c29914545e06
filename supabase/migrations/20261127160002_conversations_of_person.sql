-- For the conversations that go with a deleted person.
create index concurrently conversations_of_person on velro.conversations (person_id);
