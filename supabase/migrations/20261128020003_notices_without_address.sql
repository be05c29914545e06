-- Null: no client caused it, but the service.
alter table velro.notices alter column client_ip drop not null;
