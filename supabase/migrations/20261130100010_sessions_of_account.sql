-- All of an account's, ended ones too: for exports and deletions.
create index concurrently sessions_of_account on velro.sessions (user_id, id);
