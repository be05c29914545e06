-- The name under which an uploaded file is shown and downloaded; null for what has none, as results.
alter table velro.files add column file_name text;
alter table velro.files add constraint files_file_name check (length(file_name) between 1 and 255) not valid;
