import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { rateLimitStrategies } from '../../../../config/policy/perimeter/rate-limits.js';
import type { ClientContext } from '../../../network/client-context.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { Counters } from '../../../ports/counters.js';
import { mailLimitExceeded, type MailKind } from '../accounts.events.js';
import { AccountKey } from '../login-attempts/account-key.js';
import { LoginAttemptsService } from '../login-attempts/login-attempts.service.js';

/**
 * How many mails of a kind an address gets in an hour. Asked behind the fixed answer, so that a stranger can neither see
 * nor use up what the owner needs: each kind of mail has its own count, and a known device one of its own.
 */
@Injectable()
export class MailLimits {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'rateLimits'>,
    private readonly counters: Counters,
    private readonly accounts: AccountKey,
    private readonly loginAttempts: LoginAttemptsService,
    private readonly events: SecurityEvents,
  ) {}

  /** Whether another mail may go to the address; a refusal is one event. */
  async take(kind: MailKind, email: string, client: ClientContext): Promise<boolean> {
    const device = await this.loginAttempts.knownDevice(client.deviceToken, email);
    const source = device === null ? 'account' : 'device';
    const { present, earlier } = this.accounts.hashesOf(email);
    // In a rotation of the key, what was sent by the earlier hash counts as well.
    const counted = device === null ? [present, ...(earlier === null ? [] : [earlier])] : [device];
    const { strategy, whenAway } = rateLimitStrategies.password_reset;
    const { allowed, verdicts } = await this.counters.take(
      counted.map((who) => ({
        name: `password_reset:${kind}:${source}:${who.toString('base64url')}`,
        strategy,
        whenAway,
        ...this.config.rateLimits.password_reset,
      })),
    );
    if (!allowed)
      mailLimitExceeded(this.events, client, {
        kind,
        source,
        retryAfterSeconds: Math.max(1, ...verdicts.map(({ resetSeconds }) => resetSeconds)),
      });
    return allowed;
  }
}
