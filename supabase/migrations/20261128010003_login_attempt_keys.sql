-- By which PSEUDONYM_KEY a count's address was hashed: in a rotation the counts by the earlier key are asked as well, and those of a key
-- that is not known any more are removed. Null: from before this column.
alter table velro.account_guesses add column key_id text;
create index account_guesses_without_key on velro.account_guesses (account) where key_id is null;
create index account_guesses_of_key on velro.account_guesses (key_id, attempted_at);
