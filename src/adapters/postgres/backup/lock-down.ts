import type pg from 'pg';
import { accessTokenPolicy } from '../../../../config/policy/accounts/tokens.js';

/**
 * Ends every session that a backup holds and turns AI off, in the transaction of its rows. Access tokens of those sessions are
 * revoked for as long as they could be valid.
 */
export async function lockDown(client: pg.Client): Promise<void> {
  await client.query(
    `insert into velro.revocations (kind, subject, expires_at)
     select 'sid', id, now() + make_interval(secs => $1) from velro.sessions where ended_at is null`,
    [accessTokenPolicy.lifetimeSeconds + accessTokenPolicy.leewaySeconds],
  );
  await client.query('update velro.sessions set ended_at = now() where ended_at is null');
  await client.query('update velro.ai_switch set enabled = false, changed_at = now()');
}
