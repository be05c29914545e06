-- One call instead of four: the account is locked for as long as PostgreSQL counts and inserts, and not for round trips of a service that
-- may be busy. Each statement of it sees what was committed before it, so the count behind the lock is exact.

-- The new project; none where the account has `at_most` already.
create function velro.create_project(
  new_id uuid, owner uuid, new_name text, new_description text, new_visibility text, at_most integer
) returns setof velro.projects language plpgsql as $$
begin
  perform from velro.users u where u.id = owner for no key update;
  if (select count(*) from velro.projects p where p.user_id = owner and p.deleted_at is null) >= at_most then return; end if;
  return query insert into velro.projects (id, user_id, name, description, visibility)
    values (new_id, owner, new_name, new_description, new_visibility) returning *;
end
$$;
revoke execute on function velro.create_project from public;
grant execute on function velro.create_project to velro_app;
