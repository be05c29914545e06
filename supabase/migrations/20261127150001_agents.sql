-- Agents: who answers, from which instructions and which knowledge. A version that was published is never changed again.

create table velro.agents (
  id uuid primary key,
  name text not null check (length(name) between 1 and 100),
  -- Answers where a conversation names no agent.
  is_default boolean not null default false,
  -- Of the next message; null: nobody can ask it.
  published_version integer,
  last_version integer not null default 1,
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index agents_one_default on velro.agents (is_default) where is_default;

create table velro.agent_versions (
  agent_id uuid not null references velro.agents on delete cascade,
  version integer not null,
  description text not null,
  system_prompt text not null,
  -- Null: the configured one.
  model text,
  temperature double precision,
  max_output_tokens integer not null,
  thinking text not null check (thinking in ('off', 'low', 'medium', 'high')),
  -- Stands before the first answer of a conversation; null: nothing does.
  disclosure text,
  -- Whether visitors of a site may ask it, besides signed-in people.
  is_public boolean not null,
  -- Of pages that may ask it; none: of all of CORS_ORIGINS.
  origins text[] not null,
  daily_microusd bigint,
  author_id uuid,
  created_at timestamptz not null default now(),
  -- Null: the draft.
  published_at timestamptz,
  primary key (agent_id, version)
);

-- What an agent knows, from one version on to before another.
create table velro.knowledge_entries (
  id uuid primary key,
  agent_id uuid not null references velro.agents on delete cascade,
  title text not null check (length(title) between 1 and 200),
  text text not null check (length(text) between 1 and 4000),
  -- ISO 639-1.
  language text not null,
  -- The text search configuration of the language; null: pairs of characters, for languages that have none.
  dictionary regconfig,
  words tsvector not null,
  added_in integer not null,
  removed_in integer,
  created_at timestamptz not null default now()
);
create index knowledge_entries_of_agent on velro.knowledge_entries (agent_id, created_at desc, id desc);

-- A query for entries that have any of the words of a question.
create function velro.any_word_of(dictionary regconfig, question text) returns tsquery language sql stable as $$
  select coalesce(
    string_agg('''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || '''', ' | '), ''
  )::tsquery
  from unnest(to_tsvector(dictionary, question))
$$;
revoke execute on function velro.any_word_of from public;
grant execute on function velro.any_word_of to velro_app;

-- A conversation stays with its agent. No reference: it outlives the agent.
alter table velro.conversations add column agent_id uuid;
-- The entries that an answer was given from: ids and titles.
alter table velro.chat_messages add column sources jsonb;

do $$
declare name text;
begin
  foreach name in array array['agents', 'agent_versions', 'knowledge_entries'] loop
    execute format('alter table velro.%I enable row level security', name);
    execute format('create policy service on velro.%I to velro_app using (true) with check (true)', name);
    execute format('grant select, insert, update, delete on velro.%I to velro_app', name);
  end loop;
end
$$;
