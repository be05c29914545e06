import { Injectable } from '@nestjs/common';
import { uuidToBytes } from '../../../crypto/uuid.js';
import type { Executor, Transaction } from '../../../database/database.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { ClientContext } from '../../../network/client-context.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { Clock } from '../../../ports/clock.js';
import { factorRefused, recoveryCodeUsed } from './factor.events.js';
import { FactorSecrets } from './factor-secrets.js';
import { MfaAttempts, type AttemptSource } from './mfa-attempts.js';
import { totpDigits } from './mfa-code.js';
import { MfaRepository, type Factor } from './mfa.repository.js';
import { matchingStep } from './totp.js';

/** An open session as the source of codes: it has its own count of attempts. */
export const sourceOf = (caller: Caller): AttemptSource => uuidToBytes(caller.sessionId);

type ActiveFactor = Factor & { readonly confirmedAt: Date };
const isActive = (factor: Factor): factor is ActiveFactor => factor.confirmedAt !== null;

/**
 * Whether an account has a second factor, and whether a code is right. Enrolment depends on the sessions, which depend
 * on this service.
 */
@Injectable()
export class MfaService {
  constructor(
    private readonly factors: MfaRepository,
    private readonly attempts: MfaAttempts,
    private readonly secrets: FactorSecrets,
    private readonly clock: Clock,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * In the transaction that begins a session, call this after inserting the session's row, so that no change is missed.
   */
  isActive(userId: string, executor?: Executor): Promise<boolean> {
    return this.factors.isActive(userId, executor);
  }

  /**
   * Whether the code is right for the account's active factor: a TOTP code, each time step once and only forward, or a
   * recovery code, each once. False without an active factor. `source`: null for an unknown device.
   * @throws Problem `rate_limit_exceeded`, `account_guesses_exceeded`
   */
  async verify(userId: string, code: string, client: ClientContext, source: AttemptSource): Promise<boolean> {
    const factor = await this.factors.find(userId);
    if (factor === null || !isActive(factor)) return false;
    await this.attempts.take(userId, client, source);
    const digits = totpDigits(code);
    const right =
      digits === null
        ? await this.takeRecoveryCode(userId, code, client)
        : await this.takeTotp(userId, factor, digits, client);
    if (right) await this.attempts.clear(userId, source);
    else factorRefused(this.events, client, userId);
    return right;
  }

  /** Removes the factor, active or pending, its recovery codes and the counted attempts. */
  async remove(tx: Transaction, userId: string, client: ClientContext | null): Promise<void> {
    await this.factors.removeAny(tx, userId, client);
    await this.attempts.forget(tx, userId);
  }

  /** After a password reset: an attacker who knew the old password may have used up the attempts. */
  forgetAttempts(tx: Transaction, userId: string): Promise<void> {
    return this.attempts.forget(tx, userId);
  }

  private async takeTotp(
    userId: string,
    factor: ActiveFactor,
    digits: string,
    client: ClientContext,
  ): Promise<boolean> {
    const { plain, current } = this.secrets.open(userId, factor.sealedSecret, client);
    const step = matchingStep(plain, digits, this.clock.now());
    if (step === null || !(await this.factors.takeStep(userId, factor.confirmedAt, step))) return false;
    if (!current) await this.factors.reseal(userId, factor.sealedSecret, this.secrets.seal(userId, plain));
    return true;
  }

  private async takeRecoveryCode(userId: string, code: string, client: ClientContext): Promise<boolean> {
    const hashes = this.secrets.recoveryHashes(userId, code);
    const taken = await this.factors.takeRecoveryCode(userId, hashes, new Date(this.clock.now()), client);
    if (taken) recoveryCodeUsed(this.events, client, userId);
    return taken;
  }
}
