-- The effect of a request with an idempotency key may be deleted within the day in which the key holds: a repetition is then told
-- so, and makes no second effect. The stored answer, which repeats the order, is erased.
alter table velro.idempotency_keys add column effect_deleted_at timestamptz;
