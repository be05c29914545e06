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

/** Two ids, the epoch, the end in milliseconds. */
const payloadBytes = 16 + 16 + 4 + 6;
const context = 'mfa challenge';

/** Characters of a challenge's token. */
export const mfaTokenLength = Math.ceil(((payloadBytes + sealOverhead) * 4) / 3);

/** The time between the right password and the right code: an opaque token of five minutes that opens one session. */
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

  /** For somebody whose password was right just now, with the account as it was then. */
  issue(user: Pick<User, 'id' | 'epoch'>): IssuedChallenge {
    const { lifetimeSeconds } = mfaChallengePolicy;
    const expiresAt = this.clock.now() + lifetimeSeconds * 1000;
    const payload = write({ id: this.random.uuid(), userId: user.id, epoch: user.epoch, expiresAt });
    return {
      mfa_token: this.keys.challenges.seal(payload, context).toString('base64url'),
      expires_in: lifetimeSeconds,
    };
  }

  /** Whom a token is about; null when it is not ours, expired, used, of an older epoch or of a disabled account. */
  async open(token: string): Promise<OpenedChallenge | null> {
    const payload = await this.living(token);
    return payload === null ? null : { userId: payload.userId, epoch: payload.epoch };
  }

  /** Uses a token up: true for one of any number of parallel calls. With a transaction, together with what it opens. */
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
   * The whole second half of a sign-in: whose token and code these are. A wrong code leaves the token good for another
   * try. @throws Problem `mfa_token_invalid`, `mfa_code_invalid`, `rate_limit_exceeded`
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
    // After the code, so that a wrong one costs no token; before the session, so that two codes do not open two.
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
    // One token, one spelling.
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
