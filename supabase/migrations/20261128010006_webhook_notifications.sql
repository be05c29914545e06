-- Tells the instances that a webhook is to be delivered, so that they need not look for one many times a second.
create function velro.notify_webhook() returns trigger language plpgsql as $$
begin
  perform pg_notify('velro_webhooks', '');
  return null;
end
$$;
revoke execute on function velro.notify_webhook from public;
create trigger notify_webhook after insert on velro.webhook_deliveries
  referencing new table as added for each statement execute function velro.notify_webhook();
