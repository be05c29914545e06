-- A person's files of one kind, newest first: those of another kind are not read through.
create index concurrently if not exists files_of_user_by_kind on velro.files (user_id, kind, id desc);
