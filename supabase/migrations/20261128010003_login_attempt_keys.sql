-- By which PSEUDONYM_KEY a count's address was hashed: in a rotation the counts by the earlier key are asked as well, and those of a key
-- that is not known any more are removed. Null: from before this column.
alter table velro.account_guesses add column key_id text;
