import type pg from 'pg';
import { accessTokenPolicy } from '../../../../config/policy/accounts/tokens.js';

/** What a restored database holds of which nobody knows whether it still held when the database was lost. */
export interface Findings {
  readonly takenAt: Date;
  readonly restoredAt: Date;
  /** Until when an access token works that was issued before the restore. */
  readonly tokensUntil: Date;
  readonly areTokensOver: boolean;
  readonly livingKeys: number;
  /** Ids. */
  readonly administrators: readonly string[];
  readonly unfinished: number;
  readonly waitingWebhooks: number;
}

const { lifetimeSeconds, leewaySeconds } = accessTokenPolicy;

/** SQL of the owner: one row, the fields of `Findings`. */
const question = `
  select s.taken_at as "takenAt", s.restored_at as "restoredAt", u.at as "tokensUntil", u.at < now() as "areTokensOver",
    (select count(*)::int from velro.api_keys where revoked_at is null and expires_at > now()) as "livingKeys",
    (select coalesce(array_agg(id::text order by id), '{}') from velro.users where role in ('admin', 'super_admin')) as administrators,
    (select count(*)::int from velro.generations where status in ('queued', 'submitting', 'processing')) as unfinished,
    (select count(*)::int from velro.webhook_deliveries where state = 'waiting') as "waitingWebhooks"
  from velro_restore.state s cross join lateral (select s.restored_at + make_interval(secs => $1) as at) u`;

export async function findingsIn(owner: pg.Client): Promise<Findings> {
  const { rows } = await owner.query<Findings>(question, [lifetimeSeconds + leewaySeconds]);
  const [found] = rows;
  if (found === undefined) throw new Error('a restore without its state');
  return found;
}

export function reportOf(found: Findings): string {
  const lines = [
    `backup of ${found.takenAt.toISOString()}, restored ${found.restoredAt.toISOString()}: what was written in between elsewhere is lost`,
    `sessions: all have ended, everybody signs in again`,
    `access tokens: those issued before the restore, revoked ones among them, expire by ${found.tokensUntil.toISOString()}${found.areTokensOver ? '' : ', or die with JWT_SECRET'}`,
    `keys of the API: ${found.livingKeys} work, those that were revoked or limited since the backup among them: --revoke-keys revokes all`,
    `administrators: ${found.administrators.length === 0 ? 'none' : found.administrators.join(', ')}; review who was demoted, disabled or deleted since the backup`,
    `generations: ${found.unfinished} unfinished, which fail and are paid back`,
    `webhooks: ${found.waitingWebhooks} waiting, which are sent, once more where they were sent since the backup`,
    'AI: off until it is switched on',
  ];
  return `${lines.join('\n')}\n`;
}
