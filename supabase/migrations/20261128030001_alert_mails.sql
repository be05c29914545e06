-- Alerts go to a webhook and by mail, each with its own state: one that is away neither stops nor repeats the other.
alter table velro.security_alerts
  add column mail_delivered_at timestamptz,
  add column mail_gave_up_at timestamptz;
grant update (mail_delivered_at, mail_gave_up_at) on velro.security_alerts to velro_app;
