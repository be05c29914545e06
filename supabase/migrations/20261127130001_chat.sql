-- Conversations with assistants. Ids of conversations are made by clients and belong to their owner: a stranger's id is free.

create table velro.conversations (
  user_id uuid not null references velro.users on delete cascade,
  id text not null check (id ~ '^[A-Za-z0-9_-]{1,64}$'),
  title text not null check (length(title) between 1 and 200),
  -- What fell out of the window that a model is shown, up to and with this message.
  summary text not null default '',
  summarised_to integer not null default 0,
  last_number integer not null default 0,
  created_at timestamptz not null default now(),
  -- To the millisecond, as clients name it.
  updated_at timestamptz not null default date_trunc('milliseconds', now()),
  primary key (user_id, id)
);
create index conversations_latest on velro.conversations (user_id, updated_at desc, id desc);

create table velro.chat_messages (
  user_id uuid not null,
  conversation_id text not null,
  -- From 1, in the order of the conversation.
  number integer not null,
  -- Of a question as its client named it; of an answer ours.
  id text not null check (length(id) between 1 and 64),
  role text not null check (role in ('user', 'assistant')),
  text text not null,
  words tsvector generated always as (to_tsvector('simple', text)) stored,
  -- Of an answer: `ai` or `fallback`, why, by which model, and how it ended.
  path text,
  reason text,
  model text,
  ended text,
  feedback text check (feedback in ('up', 'down')),
  created_at timestamptz not null default now(),
  primary key (user_id, conversation_id, number),
  foreign key (user_id, conversation_id) references velro.conversations on delete cascade
);
create index chat_messages_words on velro.chat_messages using gin (words);

-- An answer while it is given, so that a client may come back to it on any instance.
create table velro.chat_runs (
  id uuid primary key,
  user_id uuid not null,
  conversation_id text not null,
  -- Of the answer.
  message_id text not null,
  is_running boolean not null default true,
  stop_requested boolean not null default false,
  -- When its instance last said that it works on it.
  beat_at timestamptz not null default now(),
  ended_at timestamptz,
  foreign key (user_id, conversation_id) references velro.conversations on delete cascade
);
create unique index chat_runs_one on velro.chat_runs (user_id, conversation_id) where is_running;
create index chat_runs_of_conversation on velro.chat_runs (user_id, conversation_id);
create index chat_runs_lost on velro.chat_runs (beat_at) where is_running;
create index chat_runs_ended on velro.chat_runs (ended_at) where not is_running;

-- The parts of its stream, in order.
create table velro.chat_parts (
  run_id uuid not null references velro.chat_runs on delete cascade,
  number integer not null,
  part jsonb not null,
  primary key (run_id, number)
);

do $$
declare name text;
begin
  foreach name in array array['conversations', 'chat_messages', 'chat_runs', 'chat_parts'] loop
    execute format('alter table velro.%I enable row level security', name);
    execute format('create policy service on velro.%I to velro_app using (true) with check (true)', name);
    execute format('grant select, insert, update, delete on velro.%I to velro_app', name);
  end loop;
end
$$;
