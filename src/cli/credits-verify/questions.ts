/**
 * SQL that returns a page of rows ordered by id: those after `$1`, at most `$2`, with `id` and an array `faults` of messages.
 * Each query is one statement and so reads one snapshot. Balances and ledger change in one transaction and therefore agree in
 * every snapshot, also while the service runs.
 */
export type Question = string;

/** Checks balance and reserved credits against the ledger, unfinished generations and unsettled calls, storage_bytes and the sums against what they are of. Of an account that is being erased some rows are gone already. */
export const accounts: Question = `
  with held as materialized (
    select user_id, sum(credits_cost) as cost from velro.ai_calls where settled_at is null and credits_cost > 0 group by 1)
  select u.id, case when d.user_id is not null then '{}' else array_remove(array[
    case when u.credits_balance <> e.balance then 'the balance is not the sum of the ledger' end,
    case when u.credits_reserved <> e.reserved then 'the reserved credits are not the sum of the ledger' end,
    case when u.credits_reserved <> g.cost + coalesce(h.cost, 0)
      then 'the reserved credits are not those of its unfinished generations and calls' end,
    case when u.storage_bytes <> f.bytes then 'storage_bytes is not the sum of its files' end,
    case when f.sums is distinct from f.counted then 'file_sums are not the sums of its files' end,
    case when l.sums <> l.counted then 'ledger_sums are not the sums of the ledger' end,
    case when s.sums is distinct from s.counted then 'generation_sums are not the sums of its ended generations' end
  ], null) end as faults
  from (select * from velro.users where id > $1 order by id limit $2) u
  left join velro.account_deletions d on d.user_id = u.id and d.stage <> 'waiting'
  cross join lateral (
    select coalesce(sum(balance_change), 0) as balance, coalesce(sum(reserved_change), 0) as reserved
    from velro.credit_entries where user_id = u.id) e
  left join held h on h.user_id = u.id
  cross join lateral (
    select coalesce(sum(credits_cost), 0) as cost
    from velro.generations where user_id = u.id and status in ('queued', 'submitting', 'processing')) g
  cross join lateral (
    select coalesce(sum(bytes), 0) as bytes, row(count(*), coalesce(sum(bytes), 0)::numeric) as counted,
      (select row(coalesce(sum(count), 0)::bigint, coalesce(sum(bytes), 0)::numeric)
        from velro.file_sums where user_id = u.id) as sums
    from velro.files where user_id = u.id) f
  cross join lateral (
    select coalesce(sum(balance_change), 0) as counted,
      (select coalesce(sum(balance_change), 0) from velro.ledger_sums where user_id = u.id) as sums
    from velro.credit_entries where user_id = u.id and kind <> 'reserve') l
  cross join lateral (
    select row(count(*), coalesce(sum(credits_cost) filter (where status = 'completed'), 0)::numeric) as counted,
      (select row(coalesce(sum(count), 0)::bigint, coalesce(sum(credits), 0)::numeric)
        from velro.generation_sums where user_id = u.id) as sums
    from velro.generations where user_id = u.id and status in ('completed', 'failed', 'cancelled')) s
  order by u.id`;

/**
 * Checks that an unfinished generation has one `reserve` entry and no settlement, and that a finished one has the settlement
 * of its status unless nothing was reserved. Unique indexes prevent duplicate entries; a missing index would show here.
 */
export const generations: Question = `
  select g.id, array_remove(array[
    case when not finished and reserves = 0 then 'nothing is reserved for it' end,
    case when reserves > 1 then 'it is reserved more than once' end,
    case when not finished and settled > 0 then 'it is settled before its end' end,
    case when finished and reserves > 0 and settled = 0 then 'it has ended and is not settled' end,
    case when finished and reserves = 0 and settled > 0 then 'it is settled and nothing was reserved' end,
    case when settled > 1 then 'it is settled more than once' end,
    case when finished and wrong > 0 then 'it is settled as what it did not end as' end,
    case when others > 0 then 'its entries stand with another account' end,
    case when amounts > 0 then 'its entries move something else than its cost' end
  ], null) as faults
  from (
    select *, status in ('completed', 'failed', 'cancelled') as finished
    from velro.generations where id > $1 order by id limit $2) g
  cross join lateral (
    select
      count(*) filter (where kind = 'reserve') as reserves,
      count(*) filter (where kind in ('commit', 'release')) as settled,
      count(*) filter (where kind = case g.status when 'completed' then 'release' else 'commit' end) as wrong,
      count(*) filter (where user_id <> g.user_id) as others,
      count(*) filter (where (balance_change, reserved_change) is distinct from case kind
        when 'reserve' then row(-g.credits_cost::bigint, g.credits_cost::bigint)
        when 'commit' then row(0::bigint, -g.credits_cost::bigint)
        else row(g.credits_cost::bigint, -g.credits_cost::bigint) end) as amounts
    from (
      select * from velro.credit_entries where generation_id = g.id and kind = 'reserve'
      union all
      select * from velro.credit_entries where generation_id = g.id and kind in ('commit', 'release')
    ) entries) e
  order by g.id`;

/**
 * Checks that a call that costs credits has one `reserve` entry, and once it is settled the settlement of what was kept of it. An
 * account that is gone took its ledger along.
 */
export const calls: Question = `
  select c.id, array_remove(array[
    case when reserves = 0 then 'nothing is reserved for it' end,
    case when reserves > 1 then 'it is reserved more than once' end,
    case when c.settled_at is null and settled > 0 then 'it is settled before its end' end,
    case when c.settled_at is not null and settled = 0 then 'it has ended and is not settled' end,
    case when settled > 1 then 'it is settled more than once' end,
    case when c.settled_at is not null and wrong > 0 then 'it is settled as what it did not end as' end,
    case when others > 0 then 'its entries stand with another account' end,
    case when amounts > 0 then 'its entries move something else than its cost' end
  ], null) as faults
  from (
    select a.* from velro.ai_calls a join velro.users u on u.id = a.user_id
    where a.id > $1 and a.credits_cost > 0 order by a.id limit $2) c
  cross join lateral (
    select
      count(*) filter (where kind = 'reserve') as reserves,
      count(*) filter (where kind <> 'reserve') as settled,
      count(*) filter (where kind = case when c.credits_charged > 0 then 'release' else 'commit' end) as wrong,
      count(*) filter (where user_id <> c.user_id) as others,
      count(*) filter (where (balance_change, reserved_change) is distinct from case kind
        when 'reserve' then row(-c.credits_cost, c.credits_cost)
        when 'commit' then row(0::bigint, -c.credits_cost)
        else row(c.credits_cost, -c.credits_cost) end) as amounts
    from velro.credit_entries where call_id = c.id) e
  order by c.id`;
