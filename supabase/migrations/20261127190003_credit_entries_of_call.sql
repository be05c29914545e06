-- One reservation and one settlement of each call.
create unique index concurrently credit_entries_of_call on velro.credit_entries (call_id, (kind = 'reserve')) where call_id is not null;
