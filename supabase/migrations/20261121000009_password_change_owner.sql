-- Which change of the password is under way: one at a time, and only who began it ends it.
alter table velro.users
  add column password_change uuid,
  add constraint users_password_change check ((password_change is null) = (password_changing_until is null));
