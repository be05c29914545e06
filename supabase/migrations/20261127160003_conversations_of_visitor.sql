-- For the conversations that go with a deleted visitor.
create index concurrently conversations_of_visitor on velro.conversations (visitor_id);
