import { Injectable } from '@nestjs/common';
import { apiKeyPolicy } from '../../../config/policy/accounts/api-keys.js';
import { accessTokenPolicy } from '../../../config/policy/accounts/tokens.js';
import { Problem } from '../../errors/problem.js';
import type { Caller } from '../../guards/route/caller.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { Clock } from '../../ports/clock.js';
import { Database, type Transaction } from '../../database/database.js';
import { Random } from '../../ports/random.js';
import { Revocations, type Revocation } from '../../ports/revocations.js';
import { NoticesService } from '../notices/notices.service.js';
import { UsersService } from '../users/users.service.js';
import { ApiKeysRepository, type ApiKey, type NewApiKey } from './api-keys.repository.js';
import { keyTextId, newKeyText } from './key-text.js';
import type { ClientContext } from '../../network/client-context.js';
import { apiKeyCreated, apiKeyDeleted, apiKeyRotated } from './api-keys.events.js';

export type { ApiKey } from './api-keys.repository.js';

/** A new key with its text, which cannot be read again. */
export interface ShownApiKey {
  readonly key: ApiKey;
  readonly text: string;
}

/** Every request reads its key from the database; the revocation is for open streams, which check each second. */
const revocationMs = (accessTokenPolicy.lifetimeSeconds + 60) * 1000;

/** API keys of the caller. The id of another account's key is `not_found`. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeysRepository,
    private readonly users: UsersService,
    private readonly notices: NoticesService,
    private readonly revocations: Revocations,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** @throws Problem `api_keys_exceeded` */
  async create(caller: Caller, order: Omit<NewApiKey, 'id'>, client: ClientContext): Promise<ShownApiKey> {
    const text = newKeyText(this.random);
    const id = this.random.timeOrderedUuid();
    const key = await this.database.transaction(async (tx) => {
      // Serialises parallel requests, so that the count is exact.
      await this.users.lock(tx, caller.userId);
      if ((await this.keys.count(tx, caller)) >= apiKeyPolicy.perUser) throw new Problem('api_keys_exceeded');
      await this.keys.forgetDead(tx, caller);
      await this.notices.add(tx, caller.userId, 'api_key_created', client);
      return this.keys.add(tx, caller, { ...order, id }, text, client);
    });
    apiKeyCreated(this.events, client, id);
    return { key, text: text.text };
  }

  /** Living keys, newest first. */
  list(caller: Caller): Promise<ApiKey[]> {
    return this.keys.list(caller);
  }

  /**
   * Gives a key a new text; the present one stays valid for `overlapSeconds`, the one before it is revoked. Streams
   * opened with either end; clients with a valid text reconnect.
   * @throws Problem `not_found`
   */
  async rotate(
    caller: Caller,
    id: string,
    overlapSeconds: number,
    client: ClientContext,
  ): Promise<ShownApiKey> {
    const text = newKeyText(this.random);
    const { key, dead } = await this.database.transaction(async (tx) => {
      const old = await this.keys.lock(tx, caller, id);
      if (old === null) throw new Problem('not_found');
      await this.notices.add(tx, caller.userId, 'api_key_rotated', client);
      const texts = [
        keyTextId(old.hash, 'current'),
        ...(old.previousHash === null ? [] : [keyTextId(old.previousHash, 'previous')]),
      ];
      return {
        dead: await this.revoke(tx, 'jti', texts),
        key: await this.keys.replace(tx, caller, id, { ...text, overlapSeconds }, client),
      };
    });
    this.revocations.applied(dead);
    apiKeyRotated(this.events, client, id);
    return { key, text: text.text };
  }

  /** @throws Problem `not_found` */
  async remove(caller: Caller, id: string, client: ClientContext): Promise<void> {
    const dead = await this.database.transaction(async (tx) => {
      if (!(await this.keys.revoke(tx, caller, id, client))) throw new Problem('not_found');
      return this.revoke(tx, 'sid', [id]);
    });
    this.revocations.applied(dead);
    apiKeyDeleted(this.events, client, id);
  }

  /** Ends every key of a user within `tx`; the caller applies the result after the commit. */
  async endAll(tx: Transaction, userId: string, client: ClientContext | null): Promise<Revocation[]> {
    return this.revoke(tx, 'sid', await this.keys.revokeAll(tx, userId, client));
  }

  private async revoke(
    tx: Transaction,
    kind: 'jti' | 'sid',
    subjects: readonly string[],
  ): Promise<Revocation[]> {
    const expiresAt = new Date(this.clock.now() + revocationMs);
    const revocations = subjects.map((subject): Revocation => ({ kind, subject, expiresAt }));
    await this.revocations.revoke(tx, revocations);
    return revocations;
  }
}
