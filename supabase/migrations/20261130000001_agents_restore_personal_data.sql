-- Whether an answer has the values back that were replaced in its question. Releases before this one write no such column: they do not.
alter table velro.agent_versions add column restores_personal_data boolean not null default false;
