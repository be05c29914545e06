-- Requests for the deletion of what is stored of somebody, as Meta passes them on. They name the person by an id of the app, which is
-- sealed, and forgotten once the request is settled.
create table velro.messenger_deletions (
  -- The confirmation code.
  code uuid primary key,
  app_user_sealed bytea,
  state text not null default 'received' check (state in ('received', 'done', 'failed')),
  -- People that were forgotten; null until it is settled.
  forgotten integer,
  attempts integer not null default 0,
  work_at timestamptz default now(),
  created_at timestamptz not null default now(),
  settled_at timestamptz
);
create index messenger_deletions_with_work on velro.messenger_deletions (work_at) where work_at is not null;
alter table velro.messenger_deletions enable row level security;
create policy service on velro.messenger_deletions to velro_app using (true) with check (true);
grant select, insert, update, delete on velro.messenger_deletions to velro_app;

-- Deletes all that is stored of somebody; of a blocked person the hash stays, by which the block holds. False for an unknown one.
create function velro.forget_messenger_person(person uuid) returns boolean language plpgsql as $$
declare
  held velro.messenger_people;
begin
  select * into held from velro.messenger_people where id = person for update;
  if not found then return false; end if;
  if held.blocked_at is null then
    delete from velro.messenger_people where id = person;
  else
    delete from velro.messenger_messages where person_id = person;
    update velro.messenger_people set psid_sealed = '', disclosed_at = null, forget_at = null, lease = null, work_at = null where id = person;
  end if;
  return true;
end
$$;
revoke execute on function velro.forget_messenger_person from public;
grant execute on function velro.forget_messenger_person to velro_app;
