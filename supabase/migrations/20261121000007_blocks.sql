-- Addresses, or people at an address, that are kept out for a while. Every instance holds those in force in memory and loads
-- them again when it is told that something changed.

create table velro.blocks (
  id uuid primary key,
  -- An IPv4 address or an IPv6 network of 64 bits.
  address text not null check (length(address) between 1 and 64),
  -- Null: whoever is not signed in at the address. No reference: the block outlives an account.
  user_id uuid,
  attack text not null check (length(attack) <= 64),
  -- What led to it: how often each signal was seen, and the score.
  signals jsonb not null default '{}',
  score integer not null default 0,
  -- The administrator who made it; null: the service itself.
  made_by uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  lifted_at timestamptz,
  lifted_by uuid
);
create index blocks_in_force on velro.blocks (expires_at) where lifted_at is null;
create index blocks_by_age on velro.blocks (id desc);
create index blocks_by_address on velro.blocks (address);

create function velro.announce_block() returns trigger language plpgsql as $$
begin
  perform pg_notify('velro_blocks', '');
  return null;
end
$$;
-- Once a statement: the list is loaded as a whole.
create trigger announce after insert or update on velro.blocks for each statement execute function velro.announce_block();

alter table velro.blocks enable row level security;
create policy service on velro.blocks to velro_app using (true) with check (true);
grant select, insert, delete, update (lifted_at, lifted_by, expires_at) on velro.blocks to velro_app;
