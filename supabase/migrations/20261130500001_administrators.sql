-- The few administrators among all users: for the review of access and the controls.
create index concurrently users_administrators on velro.users (role) where role in ('admin', 'super_admin');
