import { Injectable } from '@nestjs/common';
import { Problem, unavailable } from '../../../errors/problem.js';
import { IdentityProvider, type Identity, type SignUpResult } from '../../../ports/identity-provider.js';
import { UsersService } from '../../users/users.service.js';
import { orUnavailable } from '../credentials/identity-unavailable.js';
import { PasswordCheck } from '../credentials/password-check.js';
import { PasswordPepper } from '../credentials/password-pepper.js';

/** Sign-up at the identity provider, and what a sign-up that was cut off leaves behind. */
@Injectable()
export class IdentitySignUp {
  constructor(
    private readonly identities: IdentityProvider,
    private readonly pepper: PasswordPepper,
    private readonly passwords: PasswordCheck,
    private readonly users: UsersService,
  ) {}

  /** Asks for an identity whose address is confirmed by a mail. */
  async request(email: string, password: string, clientIp: string): Promise<void> {
    await this.identities.signUp(email, this.pepper.hash(password), clientIp);
  }

  /**
   * The identity, or why there is none yet.
   * @throws Problem `email_taken`, `unavailable`
   */
  async complete(
    email: string,
    password: string,
    clientIp: string,
  ): Promise<Identity | 'refused' | 'confirmation_sent'> {
    const signUp = await this.signUp(email, this.pepper.hash(password), clientIp);
    if (signUp.outcome === 'created') return signUp.identity;
    return signUp.outcome === 'exists' ? this.resume(email, password, clientIp) : signUp.outcome;
  }

  /** Of two sign-ups at the same moment the provider may fail one: whoever can sign in then has an account. */
  private async signUp(email: string, hash: string, clientIp: string): Promise<SignUpResult> {
    try {
      return await this.identities.signUp(email, hash, clientIp);
    } catch (error) {
      const checked = await orUnavailable(this.identities.signIn(email, hash, clientIp));
      if (checked.outcome === 'accepted') return { outcome: 'exists' };
      throw unavailable(error, 5);
    }
  }

  /** A crash between identity and account leaves an identity alone; who knows its password may finish the sign-up. */
  private async resume(email: string, password: string, clientIp: string): Promise<Identity> {
    const checked = await this.passwords.check(email, password, clientIp);
    if (checked.outcome === 'refused' || (await this.users.find(checked.identity.id)) !== null)
      throw new Problem('email_taken');
    return checked.identity;
  }
}
