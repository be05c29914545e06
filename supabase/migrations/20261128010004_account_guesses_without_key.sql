-- Counts whose key is to be named yet.
create index concurrently account_guesses_without_key on velro.account_guesses (account) where key_id is null;
