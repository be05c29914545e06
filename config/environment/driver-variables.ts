/**
 * What a shell says to `psql` and to the driver (PGSSLMODE, PGHOST, NODE_PG_FORCE_NATIVE …) must not complete the address that the
 * configuration gives. Dropped when this module is loaded, because the driver reads some of it when it is loaded itself.
 */
for (const name of Object.keys(process.env))
  if (/^(PG[A-Z]|NODE_PG_)/.test(name)) Reflect.deleteProperty(process.env, name);
