-- Deliveries to endpoints of the service, which are told whose it was.
create index concurrently webhook_deliveries_about on velro.webhook_deliveries
  (substring(body from '"user_id" ?: ?"([0-9a-f-]{36})"')) where body like '%"user_id"%';
