import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { passwordPolicy } from '../../../config/policy/passwords.js';
import { Problem, unavailable } from '../../errors/problem.js';
import type { Caller } from '../../guards/caller.js';
import { SecurityEvents } from '../../observability/security-events.js';
import {
  IdentityProvider,
  IdentityUnavailable,
  type Identity,
  type SignUpResult,
} from '../../ports/identity-provider.js';
import { UsersService, type User } from '../users/users.service.js';
import { PasswordPepper } from './password-pepper.js';
import { SessionsService, type TokenPair, type Visitor } from './sessions.service.js';

/** Registration and sign-in: the identity provider checks the password, the rest is ours. */
@Injectable()
export class AuthService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly identities: IdentityProvider,
    private readonly pepper: PasswordPepper,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * Returns tokens, or null when a mail has to be followed first; then known and unknown addresses look alike.
   * @throws Problem `email_taken` (only without e-mail verification), `validation_failed`, `unavailable`
   */
  async register(
    email: string,
    password: string,
    fullName: string | null,
    visitor: Visitor,
  ): Promise<TokenPair | null> {
    requireGoodPassword(password);
    const hash = this.pepper.hash(password);
    const signUp = await this.signUp(email, hash, visitor);
    if (signUp.outcome === 'refused')
      throw new Problem('validation_failed', {
        errors: [{ field: 'email', code: 'refused', message: 'email is not accepted' }],
      });
    if (this.config.passwords.requireEmailVerification || signUp.outcome === 'confirmation_sent') return null;
    const identity = signUp.outcome === 'created' ? signUp.identity : await this.heal(email, hash, visitor);
    return this.admit(identity, fullName, visitor);
  }

  /** @throws Problem `credentials_invalid`, `unavailable` */
  async login(email: string, password: string, visitor: Visitor): Promise<TokenPair> {
    const signIn = await reach(this.identities.signIn(email, this.pepper.hash(password), visitor.ip));
    if (signIn.outcome === 'refused') {
      this.refuse(visitor);
      throw new Problem('credentials_invalid');
    }
    return this.admit(signIn.identity, null, visitor);
  }

  /** The account of the caller. An account that is gone means a token that should be. */
  async me(caller: Caller): Promise<User> {
    const user = await this.users.find(caller.userId);
    if (user === null) throw new Problem('token_invalid');
    return user;
  }

  /** Of two sign-ups at the same moment the provider may fail one: whoever can sign in then has an account. */
  private async signUp(email: string, hash: string, visitor: Visitor): Promise<SignUpResult> {
    try {
      return await this.identities.signUp(email, hash, visitor.ip);
    } catch (error) {
      const signIn = await reach(this.identities.signIn(email, hash, visitor.ip));
      if (signIn.outcome === 'accepted') return { outcome: 'exists' };
      throw unavailable(error, 5);
    }
  }

  async rename(caller: Caller, fullName: string | null): Promise<User> {
    const user = await this.users.rename(caller.userId, fullName);
    if (user === null) throw new Problem('token_invalid');
    return user;
  }

  /** A crash between identity and account leaves an identity alone; who knows its password may finish the sign-up. */
  private async heal(email: string, hash: string, visitor: Visitor): Promise<Identity> {
    const signIn = await reach(this.identities.signIn(email, hash, visitor.ip));
    if (signIn.outcome === 'refused' || (await this.users.find(signIn.identity.id)) !== null)
      throw new Problem('email_taken');
    return signIn.identity;
  }

  private async admit(identity: Identity, fullName: string | null, visitor: Visitor): Promise<TokenPair> {
    const { user, created } = await this.users.ensure(identity, fullName);
    if (user.disabledAt !== null) {
      this.refuse(visitor, user.id);
      throw new Problem('credentials_invalid');
    }
    const about = {
      sourceIp: visitor.ip,
      userId: user.id,
      requestId: visitor.requestId,
      level: 'LOW',
    } as const;
    if (created)
      this.events.record({ ...about, event: 'user_created', text: 'AUTH account created', response: 'none' });
    const pair = await this.sessions.begin(user, visitor);
    this.events.record({ ...about, event: 'authn_login_success', text: 'AUTH signed in', response: 'none' });
    return pair;
  }

  private refuse(visitor: Visitor, userId?: string): void {
    this.events.record({
      event: 'authn_login_fail',
      level: 'LOW',
      text: 'AUTH sign-in refused',
      sourceIp: visitor.ip,
      ...(userId === undefined ? {} : { userId }),
      requestId: visitor.requestId,
      response: 'refused',
    });
  }
}

/** Length in code points after NFC (NIST SP 800-63B-4, 3.1.1.2); the DTO counts UTF-16 units. */
function requireGoodPassword(password: string): void {
  const length = [...password.normalize('NFC')].length;
  const { minLength, maxLength } = passwordPolicy;
  if (length >= minLength && length <= maxLength) return;
  throw new Problem('validation_failed', {
    errors: [
      {
        field: 'password',
        code: 'length',
        message: `password must have ${minLength} to ${maxLength} characters`,
      },
    ],
  });
}

async function reach<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof IdentityUnavailable ? unavailable(error, 5) : error;
  }
}
