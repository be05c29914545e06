import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { Problem } from '../../../errors/problem.js';
import type { ClientContext } from '../../../network/client-context.js';
import { assertValidPassword } from '../credentials/assert-valid-password.js';
import { BackgroundTasks } from '../credentials/background-tasks.js';
import { PasswordRules } from '../credentials/password-rules.js';
import { LoginThrottle } from '../login-attempts/login-throttle.js';
import { IdentitySignUp } from './identity-sign-up.js';
import { SignInCompletion, type SignInResult } from './sign-in-completion.js';

export interface Registration {
  readonly email: string;
  readonly password: string;
  readonly fullName: string | null;
}

/** Registration: an identity at the provider, an account here and its first session. */
@Injectable()
export class RegistrationService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly rules: PasswordRules,
    private readonly signUps: IdentitySignUp,
    private readonly background: BackgroundTasks,
    private readonly throttle: LoginThrottle,
    private readonly completion: SignInCompletion,
  ) {}

  /**
   * Returns tokens, or null when the address has to be confirmed by mail first; known and unknown addresses then get
   * the same answer.
   * @throws Problem `email_taken` (only without e-mail verification), `validation_failed`, `unavailable`
   */
  async register(registration: Registration, client: ClientContext): Promise<SignInResult | null> {
    const { email, password, fullName } = registration;
    assertValidPassword(await this.rules.validate(password, { email, fullName, mfaActive: false }));
    if (this.config.passwords.requireEmailVerification) {
      await this.background.runAfterFixedDelay(() => this.signUps.request(email, client.ip));
      return null;
    }
    return this.throttle.count(email, client, async (attempt) => {
      const result = await this.signUps.complete(email, password, client.ip);
      if (result === 'refused') {
        throw new Problem('validation_failed', {
          errors: [{ field: 'email', code: 'refused', message: 'email is not accepted' }],
        });
      }
      if (result === 'confirmation_sent') {
        await attempt.forget();
        return null;
      }
      return this.completion.complete(result, client, { by: 'password', fullName, attempt });
    });
  }
}
