-- Files of the owner that a question shows: they may be deleted before the conversation is.
alter table velro.chat_messages add column attachments uuid[] not null default '{}';
