import { sql } from 'kysely';

/**
 * The flag for a statement that starts work of a provider, as `switch(enabled)` in its `with`. Naming the empty gate locks
 * it in row share mode until the statement ends: a change of the switch waits for the statement, later ones see it.
 */
export const guardedSwitch = sql`gate as (select 1 from velro.ai_gate for share),
  switch as (select enabled from velro.ai_switch where not exists (select from gate))`;
