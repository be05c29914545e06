import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { toDataURL } from 'qrcode';
import { mfaRequiredFor, totpPolicy } from '../../../../config/policy/accounts/mfa.js';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import {
  SecurityEvents,
  type SecurityEventName,
  type ThreatLevel,
} from '../../../observability/security-events.js';
import { Clock } from '../../../ports/clock.js';
import { Database, type Executor, type Transaction } from '../../../database/database.js';
import { Random } from '../../../ports/random.js';
import { Revocations, type Revocation } from '../../../ports/revocations.js';
import { UsersService } from '../../users/users.service.js';
import { FactorChange } from './factor-change.js';
import { MfaAttempts, type Origin } from './mfa-attempts.js';
import { totpDigits } from './mfa-code.js';
import { MfaKeys } from './mfa-keys.js';
import { MfaRepository, type Factor } from './mfa.repository.js';
import { newRecoveryCodes, recoveryHash } from './recovery-codes.js';
import type { Opened } from './seal.js';
import { matchingStep, otpauthUrl, toBase32 } from './totp.js';

export type { Origin } from './mfa-attempts.js';

/** The session as the place that codes come from. */
export const sourceOf = (caller: Caller): Buffer => Buffer.from(caller.sessionId.replaceAll('-', ''), 'hex');

export interface Enrolment {
  /** Base 32, for typing. */
  readonly secret: string;
  readonly otpauthUrl: string;
  /** A PNG as data URL. */
  readonly qrCode: string;
}

type ActiveFactor = Factor & { readonly confirmedAt: Date };
const isActive = (factor: Factor): factor is ActiveFactor => factor.confirmedAt !== null;

/** The second factor: an authenticator app and ten recovery codes. */
@Injectable()
export class MfaService implements OnModuleInit {
  private factorChange: FactorChange | null = null;

  constructor(
    private readonly database: Database,
    private readonly factors: MfaRepository,
    private readonly attempts: MfaAttempts,
    private readonly keys: MfaKeys,
    private readonly users: UsersService,
    private readonly revocations: Revocations,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly modules: ModuleRef,
  ) {}

  /** The sessions' module imports this one, so its answer is found when all modules stand. */
  onModuleInit(): void {
    this.factorChange = this.modules.get(FactorChange, { strict: false });
  }

  /** Within the transaction that begins a session: ask after the session's row is written, and no change is missed. */
  isActive(userId: string, executor?: Executor): Promise<boolean> {
    return this.factors.isActive(userId, executor);
  }

  /** A new secret, good for nothing until a code of it was shown. @throws Problem `mfa_already_active` */
  async enroll(caller: Caller): Promise<Enrolment> {
    const user = await this.users.find(caller.userId);
    if (user === null) throw new Problem('token_invalid');
    const secret = this.random.bytes(totpPolicy.secretBytes);
    const proposed = await this.factors.propose(
      user.id,
      this.keys.secrets.seal(secret, secretContext(user.id)),
    );
    if (!proposed) throw new Problem('mfa_already_active');
    const text = toBase32(secret);
    const url = otpauthUrl(text, user.email);
    return { secret: text, otpauthUrl: url, qrCode: await toDataURL(url) };
  }

  /**
   * Makes the pending factor active and ends the caller's other sessions. Returns the recovery codes, this once.
   * @throws Problem `mfa_already_active`, `mfa_not_enrolled`, `mfa_code_invalid`, `rate_limit_exceeded`
   */
  async activate(caller: Caller, code: string, from: Origin): Promise<string[]> {
    const { userId } = caller;
    const factor = await this.factors.find(userId);
    if (factor === null) throw new Problem('mfa_not_enrolled');
    if (factor.confirmedAt !== null) throw new Problem('mfa_already_active');
    const source = { ...from, source: sourceOf(caller) };
    await this.attempts.take(userId, source);
    const now = this.clock.now();
    const { plain } = this.openSecret(userId, factor, from);
    const step = matchingStep(plain, totpDigits(code) ?? '', now);
    if (step === null) {
      this.refuse(userId, from);
      throw new Problem('mfa_code_invalid');
    }
    const codes = newRecoveryCodes(this.random);
    await this.change(caller, async (tx) => {
      // Another enrolment or activation may have come between: then this code was not one of its secret.
      if (!(await this.factors.confirm(tx, userId, factor, step, new Date(now))))
        throw new Problem('mfa_code_invalid');
      await this.factors.replaceRecoveryCodes(tx, userId, this.hashes(userId, codes));
      return caller.sessionId;
    });
    await this.attempts.clear(userId, source);
    this.recordChange(userId, 'MFA factor activated', 'sessions_ended', from);
    return codes;
  }

  /**
   * Whether this is a code of the person's active factor: of the app, each time step once and only forward, or one of
   * the recovery codes, each once. Without an active factor nothing is right. @throws Problem `rate_limit_exceeded`
   */
  async verify(userId: string, code: string, from: Origin): Promise<boolean> {
    const factor = await this.factors.find(userId);
    if (factor === null || !isActive(factor)) return false;
    await this.attempts.take(userId, from);
    const digits = totpDigits(code);
    const right =
      digits === null
        ? await this.takeRecoveryCode(userId, code, from)
        : await this.takeTotp(userId, factor, digits, from);
    if (right) await this.attempts.clear(userId, from);
    else this.refuse(userId, from);
    return right;
  }

  /** A password that was reset: whoever knew the old one may have used up the tries. */
  forgetAttempts(tx: Transaction, userId: string): Promise<void> {
    return this.attempts.forget(tx, userId);
  }

  /** Fresh recovery codes; the old ones are dead with the answer. @throws Problem `mfa_not_enrolled` */
  async regenerateRecoveryCodes(caller: Caller, from: Origin): Promise<string[]> {
    const codes = newRecoveryCodes(this.random);
    const hashes = this.hashes(caller.userId, codes);
    const replaced = await this.database.transaction((tx) =>
      this.factors.replaceRecoveryCodes(tx, caller.userId, hashes),
    );
    if (!replaced) throw new Problem('mfa_not_enrolled');
    this.recordChange(caller.userId, 'MFA recovery codes replaced', 'codes_replaced', from);
    return codes;
  }

  /**
   * Removes the factor and ends the caller's other sessions; where a factor is a duty, this one as well, so that the
   * next sign-in asks for a new one. @throws Problem `mfa_not_enrolled`
   */
  async remove(caller: Caller, from: Origin): Promise<void> {
    await this.change(caller, async (tx) => {
      if (!(await this.factors.remove(tx, caller.userId))) throw new Problem('mfa_not_enrolled');
      return mfaRequiredFor.some((role) => role === caller.role) ? null : caller.sessionId;
    });
    this.recordChange(caller.userId, 'MFA factor removed', 'sessions_ended', from);
  }

  /** One transaction for the factor and the sessions that end with it; `work` returns which session stays. */
  private async change(caller: Caller, work: (tx: Transaction) => Promise<string | null>): Promise<void> {
    const { factorChange } = this;
    if (factorChange === null) throw new Error('nobody ends the sessions of a changed factor');
    const ended = await this.database.transaction(async (tx): Promise<Revocation[]> => {
      await this.factors.lockOwner(tx, caller.userId);
      return factorChange.changed(tx, caller.userId, await work(tx));
    });
    this.revocations.applied(ended);
  }

  private async takeTotp(
    userId: string,
    factor: ActiveFactor,
    digits: string,
    from: Origin,
  ): Promise<boolean> {
    const { plain, current } = this.openSecret(userId, factor, from);
    const step = matchingStep(plain, digits, this.clock.now());
    if (step === null || !(await this.factors.takeStep(userId, factor.confirmedAt, step))) return false;
    if (!current)
      await this.factors.reseal(
        userId,
        factor.sealedSecret,
        this.keys.secrets.seal(plain, secretContext(userId)),
      );
    return true;
  }

  private async takeRecoveryCode(userId: string, code: string, from: Origin): Promise<boolean> {
    const hashes = this.keys.recoveryCodes.map((key) => recoveryHash(key, userId, code));
    const taken = await this.factors.takeRecoveryCode(userId, hashes, new Date(this.clock.now()));
    if (taken) this.recordChange(userId, 'MFA recovery code used', 'code_used', from);
    return taken;
  }

  private hashes(userId: string, codes: readonly string[]): Buffer[] {
    return codes.map((code) => recoveryHash(this.keys.recoveryCodes[0], userId, code));
  }

  /** A secret that no key of ours opens is an incident, never a wrong code. */
  private openSecret(userId: string, factor: Factor, from: Origin): Opened {
    const opened = this.keys.secrets.open(factor.sealedSecret, secretContext(userId));
    if (opened !== null) return opened;
    this.record('crypt_decrypt_fail', 'HIGH', userId, 'MFA secret cannot be opened', 'refused', from);
    throw new Error('the secret of a second factor cannot be opened with the present keys');
  }

  private refuse(userId: string, from: Origin): void {
    this.events.record({
      event: 'authn_login_fail',
      level: 'MEDIUM',
      text: 'AUTH second factor refused',
      signal: 'factor_failed',
      sourceIp: from.ip,
      userId,
      requestId: from.requestId,
      response: 'refused',
    });
  }

  private recordChange(userId: string, text: string, response: string, from: Origin): void {
    this.record('user_updated', 'LOW', userId, text, response, from);
  }

  private record(
    event: SecurityEventName,
    level: ThreatLevel,
    userId: string,
    text: string,
    response: string,
    { ip, requestId }: Origin,
  ): void {
    this.events.record({ event, level, text, sourceIp: ip, userId, requestId, response });
  }
}

const secretContext = (userId: string): string => `mfa secret ${userId}`;
