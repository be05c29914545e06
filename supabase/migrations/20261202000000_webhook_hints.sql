-- What generations and answers store for webhooks is told of once it is committed (src/tasks/work-hints.ts): transactions that notify commit one after
-- the other. Events that are rare, and those of an older version that still runs, are found by this trigger or by the next look.
create or replace function velro.notify_webhook() returns trigger language plpgsql as $$
begin
  if exists (select from added
      where event_type not in ('generation.completed', 'generation.failed', 'generation.cancelled', 'conversation.answered')) then
    perform pg_notify('velro_webhooks', '');
  end if;
  return null;
end
$$;
