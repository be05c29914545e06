import { Injectable } from '@nestjs/common';
import { mfaChallengePolicy } from '../../../../config/policy/accounts/mfa.js';
import { sealOverhead } from '../../../crypto/aes-gcm.js';
import { decodeBase64url } from '../../../crypto/base64url.js';
import { bytesToUuid, uuidToBytes } from '../../../crypto/uuid.js';
import { Problem } from '../../../errors/problem.js';
import { Clock } from '../../../ports/clock.js';
import { Database, type Executor } from '../../../database/database.js';
import { Random } from '../../../ports/random.js';
import { UsersService, type User } from '../../users/users.service.js';
import type { ClientContext } from '../../../network/client-context.js';
import type { AttemptSource } from './mfa-attempts.js';
import { MfaKeys } from './mfa-keys.js';
import { MfaService } from './mfa.service.js';

export interface IssuedChallenge {
  readonly mfa_token: string;
  readonly expires_in: number;
}

export interface OpenedChallenge {
  readonly userId: string;
  readonly epoch: number;
}

interface Payload extends OpenedChallenge {
  readonly id: string;
  readonly expiresAt: number;
}

/** Two ids, the epoch, the expiry in milliseconds. */
const payloadBytes = 16 + 16 + 4 + 6;
const context = 'mfa challenge';

/** Length of a challenge token in characters. */
export const mfaTokenLength = Math.ceil(((payloadBytes + sealOverhead) * 4) / 3);

/** Challenge between password and code: an opaque token, valid for five minutes, that opens one session. */
@Injectable()
export class MfaChallenges {
  constructor(
    private readonly keys: MfaKeys,
    private readonly users: UsersService,
    private readonly mfa: MfaService,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** Issues a challenge after a right password, for the account as it was read then. */
  issue(user: Pick<User, 'id' | 'epoch'>): IssuedChallenge {
    const { lifetimeSeconds } = mfaChallengePolicy;
    const expiresAt = this.clock.now() + lifetimeSeconds * 1000;
    const payload = write({ id: this.random.uuid(), userId: user.id, epoch: user.epoch, expiresAt });
    return {
      mfa_token: this.keys.challenges.seal(payload, context).toString('base64url'),
      expires_in: lifetimeSeconds,
    };
  }

  /** The account of a token; null when it is forged, expired, used, of an older epoch or of a disabled account. */
  async open(token: string): Promise<OpenedChallenge | null> {
    const payload = await this.living(token);
    return payload === null ? null : { userId: payload.userId, epoch: payload.epoch };
  }

  /**
   * Consumes a token: true for exactly one of any number of parallel calls. Pass the transaction that begins the
   * session, so that both commit together.
   */
  async use(token: string, executor: Executor = this.database.query): Promise<boolean> {
    const payload = this.read(token);
    if (payload === null) return false;
    await executor
      .deleteFrom('mfa_used_challenges')
      .where('expires_at', '<', new Date(this.clock.now()))
      .execute();
    const { numInsertedOrUpdatedRows = 0n } = await executor
      .insertInto('mfa_used_challenges')
      .values({ id: payload.id, expires_at: new Date(payload.expiresAt) })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows > 0n;
  }

  /**
   * Verifies token and code and consumes the token. After a wrong code the token stays valid.
   * @throws Problem `mfa_token_invalid`, `mfa_code_invalid`, `rate_limit_exceeded`
   */
  async redeem(
    token: string,
    code: string,
    client: ClientContext,
    source: AttemptSource,
  ): Promise<OpenedChallenge> {
    const challenge = await this.open(token);
    if (challenge === null) throw new Problem('mfa_token_invalid');
    if (!(await this.mfa.verify(challenge.userId, code, client, source)))
      throw new Problem('mfa_code_invalid');
    // After the code, so that a wrong one does not consume the token; before the session, so that one token opens only
    // one.
    if (!(await this.use(token))) throw new Problem('mfa_token_invalid');
    return challenge;
  }

  private async living(token: string): Promise<Payload | null> {
    const payload = this.read(token);
    if (payload === null) return null;
    const [user, used] = await Promise.all([this.users.find(payload.userId), this.isUsed(payload.id)]);
    if (user?.disabledAt !== null || user.epoch !== payload.epoch || used) return null;
    return payload;
  }

  private async isUsed(id: string): Promise<boolean> {
    const row = await this.database.query
      .selectFrom('mfa_used_challenges')
      .select('id')
      .where('id', '=', id)
      .executeTakeFirst();
    return row !== undefined;
  }

  private read(token: string): Payload | null {
    if (token.length !== mfaTokenLength) return null;
    // Only the canonical encoding: a token has one spelling.
    const sealed = decodeBase64url(token);
    if (sealed === null) return null;
    const opened = this.keys.challenges.open(sealed, context);
    if (opened?.plain.length !== payloadBytes) return null;
    const payload = parse(opened.plain);
    return payload.expiresAt > this.clock.now() ? payload : null;
  }
}

function write({ id, userId, epoch, expiresAt }: Payload): Buffer {
  const numbers = Buffer.alloc(10);
  numbers.writeUInt32BE(epoch, 0);
  numbers.writeUIntBE(expiresAt, 4, 6);
  return Buffer.concat([uuidToBytes(id), uuidToBytes(userId), numbers]);
}

function parse(plain: Buffer): Payload {
  return {
    id: bytesToUuid(plain),
    userId: bytesToUuid(plain.subarray(16)),
    epoch: plain.readUInt32BE(32),
    expiresAt: plain.readUIntBE(36, 6),
  };
}
