-- When the mail about an incident was taken by the mail server, and which mail it is: one that was given up is due again.
alter table velro.incident_affected add column sent_at timestamptz, add column notice_id uuid;
grant update (sent_at, notice_id) on velro.incident_affected to velro_app;
-- Of those before, only this is known.
update velro.incident_affected set sent_at = notified_at where notified_at is not null;
-- A closed incident must not hold the switch of sign-ins: nobody could open them.
alter table velro.incidents add constraint incidents_reopened_before_closed
  check (closed_at is null or isolated_at is null or reopened_at is not null) not valid;
