-- Visitors of a site, for whom its own backend asks for tokens with an API key. One is stored with the first conversation.

create table velro.visitors (
  id uuid primary key,
  key_id uuid not null references velro.api_keys on delete cascade,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now()
);
create index visitors_of_key on velro.visitors (key_id);
create index visitors_by_age on velro.visitors (seen_at);
alter table velro.visitors enable row level security;
create policy service on velro.visitors to velro_app using (true) with check (true);
grant select, insert, update, delete on velro.visitors to velro_app;

-- Whose a conversation is: a person's or a visitor's. `user_id` is the id of either, and changes when a visitor's conversation moves
-- to an account.
alter table velro.conversations
  add column person_id uuid references velro.users on delete cascade,
  add column visitor_id uuid references velro.visitors on delete cascade;
update velro.conversations set person_id = user_id;
alter table velro.conversations
  drop constraint conversations_user_id_fkey,
  add constraint conversations_one_owner check (num_nonnulls(person_id, visitor_id) = 1 and user_id = coalesce(person_id, visitor_id));

-- Whoever names no owner means a person, as before.
create function velro.own_conversation() returns trigger language plpgsql as $$
begin
  if new.person_id is null and new.visitor_id is null then new.person_id := new.user_id; end if;
  return new;
end
$$;
create trigger own_conversation before insert on velro.conversations
  for each row execute function velro.own_conversation();

alter table velro.chat_messages
  drop constraint chat_messages_user_id_conversation_id_fkey,
  add constraint chat_messages_of_conversation foreign key (user_id, conversation_id) references velro.conversations
    on delete cascade on update cascade;
alter table velro.chat_runs
  drop constraint chat_runs_user_id_conversation_id_fkey,
  add constraint chat_runs_of_conversation_fkey foreign key (user_id, conversation_id) references velro.conversations
    on delete cascade on update cascade;
