import { Injectable } from '@nestjs/common';
import { toDataURL } from 'qrcode';
import { mfaRequiredFor } from '../../../../config/policy/accounts/mfa.js';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { ClientContext } from '../../../network/client-context.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { Clock } from '../../../ports/clock.js';
import { UsersService } from '../../users/users.service.js';
import {
  factorActivated,
  factorRefused,
  factorRemoved,
  recoveryCodesReplaced,
} from '../factor/factor.events.js';
import { NoticesService } from '../../notices/notices.service.js';
import { FactorSecrets } from '../factor/factor-secrets.js';
import { MfaAttempts } from '../factor/mfa-attempts.js';
import { totpDigits } from '../factor/mfa-code.js';
import { MfaRepository } from '../factor/mfa.repository.js';
import { sourceOf } from '../factor/mfa.service.js';
import { matchingStep, otpauthUrl, toBase32 } from '../factor/totp.js';
import { SessionTermination } from '../sessions/session-termination.js';

export interface Enrolment {
  /** Base 32, for manual entry. */
  readonly secret: string;
  readonly otpauthUrl: string;
  /** A PNG as data URL. */
  readonly qrCode: string;
}

/** The second factor of an account: an authenticator app (TOTP) and ten recovery codes. Changing it ends sessions. */
@Injectable()
export class MfaEnrolmentService {
  constructor(
    private readonly users: UsersService,
    private readonly factors: MfaRepository,
    private readonly attempts: MfaAttempts,
    private readonly secrets: FactorSecrets,
    private readonly termination: SessionTermination,
    private readonly notices: NoticesService,
    private readonly clock: Clock,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * A new secret; the factor stays pending until `activate`.
   * @throws Problem `mfa_already_active`, `token_invalid`
   */
  async enroll(caller: Caller): Promise<Enrolment> {
    const user = await this.users.find(caller.userId);
    if (user === null) throw new Problem('token_invalid');
    const secret = this.secrets.newSecret();
    if (!(await this.factors.propose(user.id, this.secrets.seal(user.id, secret))))
      throw new Problem('mfa_already_active');
    const text = toBase32(secret);
    const url = otpauthUrl(text, user.email);
    return { secret: text, otpauthUrl: url, qrCode: await toDataURL(url) };
  }

  /**
   * Makes the pending factor active and ends the caller's other sessions. Returns the recovery codes, which cannot be
   * read again.
   * @throws Problem `mfa_already_active`, `mfa_not_enrolled`, `mfa_code_invalid`, `rate_limit_exceeded`
   */
  async activate(caller: Caller, code: string, client: ClientContext): Promise<string[]> {
    const { userId } = caller;
    const factor = await this.factors.find(userId);
    if (factor === null) throw new Problem('mfa_not_enrolled');
    if (factor.confirmedAt !== null) throw new Problem('mfa_already_active');
    const source = sourceOf(caller);
    await this.attempts.take(userId, client, source);
    const now = this.clock.now();
    const { plain } = this.secrets.open(userId, factor.sealedSecret, client);
    const step = matchingStep(plain, totpDigits(code) ?? '', now);
    if (step === null) {
      factorRefused(this.events, client, userId);
      throw new Problem('mfa_code_invalid');
    }
    const { codes, hashes } = this.secrets.newRecoveryCodes(userId);
    await this.termination.endAfterChange(caller, client, async (tx) => {
      await this.factors.lockOwner(tx, userId);
      // A concurrent enrolment may have replaced the secret: then the code does not belong to it.
      if (!(await this.factors.confirm(tx, userId, { factor, step, now: new Date(now) }, client)))
        throw new Problem('mfa_code_invalid');
      await this.factors.replaceRecoveryCodes(tx, userId, hashes, client);
      await this.notices.add(tx, userId, 'factor_activated', client);
      return caller.sessionId;
    });
    await this.attempts.clear(userId, source);
    factorActivated(this.events, client, userId);
    return codes;
  }

  /** New recovery codes; the old ones are invalid from then on. @throws Problem `mfa_not_enrolled` */
  async regenerateRecoveryCodes(caller: Caller, client: ClientContext): Promise<string[]> {
    const { codes, hashes } = this.secrets.newRecoveryCodes(caller.userId);
    const renewed = await this.factors.renewRecoveryCodes(caller.userId, hashes, client, async (tx) => {
      await this.notices.add(tx, caller.userId, 'recovery_codes_replaced', client);
    });
    if (!renewed) throw new Problem('mfa_not_enrolled');
    recoveryCodesReplaced(this.events, client, caller.userId);
    return codes;
  }

  /**
   * Removes the factor and ends the caller's other sessions; where the role requires a factor, this one as well, so
   * that the next sign-in demands a new factor. @throws Problem `mfa_not_enrolled`
   */
  async remove(caller: Caller, client: ClientContext): Promise<void> {
    await this.termination.endAfterChange(caller, client, async (tx) => {
      await this.factors.lockOwner(tx, caller.userId);
      if (!(await this.factors.remove(tx, caller.userId, client))) throw new Problem('mfa_not_enrolled');
      await this.notices.add(tx, caller.userId, 'factor_removed', client);
      return mfaRequiredFor.some((role) => role === caller.role) ? null : caller.sessionId;
    });
    factorRemoved(this.events, client, caller.userId);
  }
}
