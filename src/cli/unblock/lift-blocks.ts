import { isIP, isIPv6 } from 'node:net';
import type { Config } from '../../../config/config.js';
import { databaseLimits } from '../../../config/policy/operations/database.js';
import type { Secret } from '../../../config/values/secret.js';
import { PostgresDatabase } from '../../adapters/postgres/postgres-database.js';
import { SystemRandom } from '../../adapters/system/system.js';
import { SecurityEventsRepository } from '../../features/security/events/security-events.repository.js';
import { addressKeyOf } from '../../network/client-address.js';
import { BlocksRepository, type Block } from '../../threats/blocks.repository.js';
import type { Transaction } from '../../database/database.js';
import { isUuid } from '../../crypto/uuid.js';
import type { AuditEntry } from '../../features/audit/audit-trail.service.js';
import { auditTrailOf } from './audit-trail.js';
import { CommandFailed } from '../command.js';

export type Target = { readonly address: string } | { readonly userId: string } | { readonly email: string };

type Lifted = Pick<Block, 'id' | 'address' | 'userId' | 'attack' | 'expiresAt'>;

class UnknownPerson extends CommandFailed {
  override readonly name = 'UnknownPerson';

  constructor() {
    super('there is no such person');
  }
}

/** Parses an IP address, a user id (UUID) or an e-mail address; null when the text is none of them. */
export function readTarget(text: string): Target | null {
  const plain = text.trim().replace(/^\[(.*)\]$/, '$1');
  // Lists of blocks show an IPv6 address as its /64 network.
  const network = plain.replace(/\/64$/, '');
  if (isIP(plain) !== 0 || isIPv6(network))
    return plain.includes('%') ? null : { address: addressKeyOf(network) };
  const id = plain.toLowerCase();
  if (isUuid(id)) return { userId: id };
  return /^\S+@\S+$/.test(plain) && plain.length <= 254 ? { email: plain.toLowerCase() } : null;
}

/** Lifts the blocks and records a security event in one transaction. @throws UnknownPerson when no user has the e-mail address */
export async function liftBlocks(
  config: Pick<Config, 'audit' | 'pseudonymKey'>,
  url: Secret,
  target: Target,
): Promise<Lifted[]> {
  const database = new PostgresDatabase(url, () => undefined, databaseLimits, config.audit.enabled);
  const audit = auditTrailOf(config, database);
  const [blocks, events] = [new BlocksRepository(database), new SecurityEventsRepository(database)];
  try {
    return await database.transaction(async (tx) => {
      const lifted: Lifted[] = [];
      for (const whose of 'email' in target ? await usersOf(tx, target.email) : [target])
        lifted.push(...(await blocks.liftAll(whose, await audit.entry(tx, entryOf(whose), null), tx)));
      const [first] = lifted;
      if (first !== undefined)
        await events.add(
          [
            {
              id: new SystemRandom().timeOrderedUuid(),
              at: new Date(),
              event: 'authz_admin',
              level: 'MEDIUM',
              text: 'ADMIN block lifted by command',
              response: 'none',
              details: {
                blocks: lifted.length,
                address: first.address,
                ...(first.userId === null ? {} : { target_id: first.userId }),
              },
            },
          ],
          tx,
        );
      return lifted;
    });
  } finally {
    await database.close();
  }
}

const entryOf = (whose: { address: string } | { userId: string }): AuditEntry => ({
  action: 'block.lifted',
  subjectId: 'userId' in whose ? whose.userId : null,
  details: { by: 'command', of: 'userId' in whose ? 'account' : 'address' },
});

/** Can return several users: an identity that was deleted and created again has a new id. */
async function usersOf(tx: Transaction, email: string): Promise<{ userId: string }[]> {
  const rows = await tx
    .selectFrom('users')
    .select('id')
    .where((is) => is(is.fn('lower', ['email']), '=', email))
    .execute();
  if (rows.length === 0) throw new UnknownPerson();
  return rows.map(({ id }) => ({ userId: id }));
}
