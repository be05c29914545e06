-- Threat scores of all instances, where no Redis holds them: points by kind of attack, which halve in a fixed time.
create table velro.threat_scores (
  -- An address, a user, or a user at an address.
  subject text primary key check (length(subject) between 1 and 128),
  hard double precision[] not null,
  soft double precision[] not null,
  -- The latest signals, oldest first.
  recent text[] not null,
  updated_at timestamptz not null,
  -- When its level rose last: the other instances read it then.
  announced_at timestamptz
);
create index threat_scores_announced on velro.threat_scores (announced_at) where announced_at is not null;
create index threat_scores_by_age on velro.threat_scores (updated_at);

alter table velro.threat_scores enable row level security;
create policy service on velro.threat_scores to velro_app using (true) with check (true);
grant select, insert, update, delete on velro.threat_scores to velro_app;
