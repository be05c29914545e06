-- The trace of the request that ordered a generation, as W3C Trace Context writes it: what workers do for it, and the webhooks that tell of it,
-- stand in the same trace. Null where requests are not traced.
alter table velro.generations add column trace_parent text;
alter table velro.generations add constraint generations_trace_parent_check
  check (trace_parent ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$') not valid;
