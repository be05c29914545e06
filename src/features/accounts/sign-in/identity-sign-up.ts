import { Random } from '../../../ports/random.js';
import { Injectable } from '@nestjs/common';
import { Problem, unavailable } from '../../../errors/problem.js';
import { IdentityProvider, type Identity, type SignUpResult } from '../../../ports/identity-provider.js';
import { UsersService } from '../../users/users.service.js';
import { orUnavailable } from '../credentials/identity-unavailable.js';
import { PasswordCheck } from '../credentials/password-check.js';
import { PasswordPepper } from '../credentials/password-pepper.js';

/** Client address of what the service asks for itself. */
const ownAddress = '127.0.0.1';

/** Sign-up at the identity provider, and recovery of an interrupted one. */
@Injectable()
export class IdentitySignUp {
  constructor(
    private readonly identities: IdentityProvider,
    private readonly pepper: PasswordPepper,
    private readonly passwords: PasswordCheck,
    private readonly users: UsersService,
    private readonly random: Random,
  ) {}

  /**
   * Requests an identity whose address must be verified by mail. Its password is chosen with that mail; until then it is
   * a random one that nobody knows.
   */
  async request(email: string, clientIp: string): Promise<void> {
    await this.identities.signUp(email, this.pepper.hash(this.random.bytes(32).toString('hex')), clientIp);
  }

  /**
   * Signs up; returns the identity, or why there is none.
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

  /**
   * A confirmed identity that the operator asks for: a new one, or the present one of the address when this is its
   * password; else null. @throws Problem `unavailable`
   */
  async confirmed(email: string, password: string): Promise<Identity | null> {
    const created = await orUnavailable(
      this.identities.create(email, this.pepper.hash(password), ownAddress),
    );
    if (created.outcome === 'created') return created.identity;
    const signIn = await this.passwords.check(email, password, ownAddress);
    return signIn.outcome === 'accepted' ? signIn.identity : null;
  }

  /** The provider may fail one of two concurrent sign-ups: then a sign-in with the same password decides. */
  private async signUp(email: string, hash: string, clientIp: string): Promise<SignUpResult> {
    try {
      return await this.identities.signUp(email, hash, clientIp);
    } catch (error) {
      const checked = await orUnavailable(this.identities.signIn(email, hash, clientIp));
      if (checked.outcome === 'accepted') return { outcome: 'exists' };
      throw unavailable(error, 5);
    }
  }

  /**
   * A crash between identity and account leaves an identity without account; a client with its password may complete
   * the sign-up.
   */
  private async resume(email: string, password: string, clientIp: string): Promise<Identity> {
    const checked = await this.passwords.check(email, password, clientIp);
    if (checked.outcome === 'refused' || (await this.users.find(checked.identity.id)) !== null)
      throw new Problem('email_taken');
    return checked.identity;
  }
}
