-- Sums per account, kept as they change: a sum that is made when somebody asks grows with all that they ever did.

-- Nothing is written between a sum and the trigger that keeps it.
lock table velro.generations, velro.credit_entries, velro.files, velro.projects in share row exclusive mode;

-- Of ended generations; those under way are few, and counted.
create table velro.generation_sums (
  user_id uuid not null references velro.users on delete cascade,
  status text not null,
  model_id text not null,
  count bigint not null,
  -- Of completed ones.
  credits bigint not null,
  primary key (user_id, status, model_id)
);
-- By day (UTC), so that the latest ones can be told apart.
create table velro.ledger_sums (
  user_id uuid not null references velro.users on delete cascade,
  kind text not null,
  day date not null,
  balance_change bigint not null,
  reserved_change bigint not null,
  primary key (user_id, kind, day)
);
create table velro.file_sums (
  user_id uuid not null references velro.users on delete cascade,
  kind text not null,
  count bigint not null,
  bytes bigint not null,
  primary key (user_id, kind)
);
alter table velro.projects
  add column generations_count bigint not null default 0,
  -- Hidden from then on; its generations are detached in batches, then the row goes.
  add column deleted_at timestamptz;

do $$
declare name text;
begin
  foreach name in array array['generation_sums', 'ledger_sums', 'file_sums'] loop
    execute format('alter table velro.%I enable row level security', name);
    execute format('create policy service on velro.%I to velro_app using (true) with check (true)', name);
    execute format('grant select, insert, update on velro.%I to velro_app', name);
  end loop;
end
$$;

insert into velro.generation_sums
  select user_id, status, model_id, count(*), coalesce(sum(credits_cost) filter (where status = 'completed'), 0)
  from velro.generations where status in ('completed', 'failed', 'cancelled') group by user_id, status, model_id;
insert into velro.ledger_sums
  select user_id, kind, (created_at at time zone 'UTC')::date, sum(balance_change), sum(reserved_change)
  from velro.credit_entries where kind <> 'reserve' group by 1, 2, 3;
insert into velro.file_sums select user_id, kind, count(*), sum(bytes) from velro.files group by user_id, kind;
update velro.projects p set generations_count = found.count
  from (select project_id, count(*) from velro.generations where project_id is not null group by project_id) found
  where found.project_id = p.id;

-- Nothing is left to subtract from where the account goes too: hence an update, and no insert, for what goes.
create function velro.sum_generations() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' and old.status in ('completed', 'failed', 'cancelled') then
    update velro.generation_sums
    set count = count - 1, credits = credits - case old.status when 'completed' then old.credits_cost else 0 end
    where user_id = old.user_id and status = old.status and model_id = old.model_id;
  end if;
  if tg_op <> 'DELETE' and new.status in ('completed', 'failed', 'cancelled') then
    insert into velro.generation_sums as s (user_id, status, model_id, count, credits)
    values (new.user_id, new.status, new.model_id, 1, case new.status when 'completed' then new.credits_cost else 0 end)
    on conflict (user_id, status, model_id)
    do update set count = s.count + 1, credits = s.credits + excluded.credits;
  end if;
  return null;
end
$$;
create trigger sum_made after insert on velro.generations for each row
  when (new.status in ('completed', 'failed', 'cancelled')) execute function velro.sum_generations();
create trigger sum_changed after update of status, model_id, credits_cost, user_id on velro.generations for each row
  when (new.status in ('completed', 'failed', 'cancelled') or old.status in ('completed', 'failed', 'cancelled'))
  execute function velro.sum_generations();
create trigger sum_deleted after delete on velro.generations for each row
  when (old.status in ('completed', 'failed', 'cancelled')) execute function velro.sum_generations();

create function velro.count_of_project() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' and old.project_id is not null then
    update velro.projects set generations_count = generations_count - 1
    where id = old.project_id and deleted_at is null;
  end if;
  if tg_op <> 'DELETE' and new.project_id is not null then
    update velro.projects set generations_count = generations_count + 1 where id = new.project_id;
  end if;
  return null;
end
$$;
create trigger count_made after insert on velro.generations for each row
  when (new.project_id is not null) execute function velro.count_of_project();
create trigger count_moved after update of project_id on velro.generations for each row
  when (old.project_id is distinct from new.project_id) execute function velro.count_of_project();
create trigger count_deleted after delete on velro.generations for each row
  when (old.project_id is not null) execute function velro.count_of_project();

create function velro.sum_ledger() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    update velro.ledger_sums
    set balance_change = balance_change - old.balance_change, reserved_change = reserved_change - old.reserved_change
    where user_id = old.user_id and kind = old.kind and day = (old.created_at at time zone 'UTC')::date;
  end if;
  if tg_op <> 'DELETE' then
    insert into velro.ledger_sums as s (user_id, kind, day, balance_change, reserved_change)
    values (new.user_id, new.kind, (new.created_at at time zone 'UTC')::date, new.balance_change, new.reserved_change)
    on conflict (user_id, kind, day) do update
    set balance_change = s.balance_change + excluded.balance_change,
        reserved_change = s.reserved_change + excluded.reserved_change;
  end if;
  return null;
end
$$;
-- A reservation is no sum that anybody is shown.
create trigger sum_made after insert on velro.credit_entries for each row
  when (new.kind <> 'reserve') execute function velro.sum_ledger();
create trigger sum_changed after update on velro.credit_entries for each row execute function velro.sum_ledger();
create trigger sum_deleted after delete on velro.credit_entries for each row
  when (old.kind <> 'reserve') execute function velro.sum_ledger();

create function velro.sum_files() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into velro.file_sums as s (user_id, kind, count, bytes) values (new.user_id, new.kind, 1, new.bytes)
    on conflict (user_id, kind) do update set count = s.count + 1, bytes = s.bytes + excluded.bytes;
  else
    update velro.file_sums set count = count - 1, bytes = bytes - old.bytes
    where user_id = old.user_id and kind = old.kind;
  end if;
  return null;
end
$$;
create trigger sum after insert or delete on velro.files for each row execute function velro.sum_files();
