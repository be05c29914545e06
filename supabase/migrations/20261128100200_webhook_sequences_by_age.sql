-- Nothing asks by it: the purge asks for numbers of objects that are no account's, by webhook_sequences_passing.
drop index velro.webhook_sequences_by_age;
