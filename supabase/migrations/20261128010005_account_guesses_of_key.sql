-- For the removal of old counts by a key that is gone.
create index concurrently account_guesses_of_key on velro.account_guesses (key_id, attempted_at);
