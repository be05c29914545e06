import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { Problem, unavailable } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import type { Transaction } from '../../../database/database.js';
import { IdentityProvider, type Identity, type SignUpResult } from '../../../ports/identity-provider.js';
import { MfaChallenges, type IssuedChallenge } from '../factor/mfa-challenges.js';
import { MfaService } from '../factor/mfa.service.js';
import { PasswordRules } from '../credentials/password-rules.js';
import { UsersService, type KnownAccount, type User } from '../../users/users.service.js';
import { BackgroundTasks } from '../credentials/background-tasks.js';
import { constantTimeFailure } from '../credentials/constant-time-failure.js';
import { PasswordCheck } from '../credentials/password-check.js';
import { PasswordPepper } from '../credentials/password-pepper.js';
import { LoginThrottle, type LoginAttempt } from '../login-attempts/login-throttle.js';
import { assertValidPassword } from '../credentials/assert-valid-password.js';
import { orUnavailable } from '../credentials/identity-unavailable.js';
import { SessionsService, type TokenPair, type ClientContext } from '../sessions/sessions.service.js';

/** The account of a caller. */
export interface Profile {
  readonly user: User;
  readonly mfaEnabled: boolean;
}

/** A session, or the question for the second factor. */
export type SignInResult = TokenPair | IssuedChallenge;

/** What led to an admission. */
interface Proof {
  readonly attempt?: LoginAttempt;
  /** The account as it was before the proof was looked at: a password that was changed meanwhile opens nothing. */
  readonly before?: KnownAccount | null;
  /** Seconds since the epoch, when it was not just now. */
  readonly provenAt?: number;
}

/** Registration and sign-in: the identity provider checks the password, the rest is ours. */
@Injectable()
export class AuthService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly identities: IdentityProvider,
    private readonly pepper: PasswordPepper,
    private readonly passwords: PasswordCheck,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly events: SecurityEvents,
    private readonly background: BackgroundTasks,
    private readonly challenges: MfaChallenges,
    private readonly mfa: MfaService,
    private readonly throttle: LoginThrottle,
    private readonly rules: PasswordRules,
  ) {}

  /**
   * Returns tokens, or null when a mail has to be followed first; then known and unknown addresses look alike.
   * @throws Problem `email_taken` (only without e-mail verification), `validation_failed`, `unavailable`
   */
  async register(
    email: string,
    password: string,
    fullName: string | null,
    client: ClientContext,
  ): Promise<SignInResult | null> {
    assertValidPassword(await this.rules.validate(password, { email, fullName, mfaActive: false }));
    const hash = this.pepper.hash(password);
    if (this.config.passwords.requireEmailVerification) {
      await this.background.runAfterFixedDelay(async () => {
        await this.identities.signUp(email, hash, client.ip);
      });
      return null;
    }
    return this.throttle.count(email, client, async (attempt) => {
      const signUp = await this.signUp(email, hash, client);
      if (signUp.outcome === 'refused') {
        throw new Problem('validation_failed', {
          errors: [{ field: 'email', code: 'refused', message: 'email is not accepted' }],
        });
      }
      if (signUp.outcome === 'confirmation_sent') {
        await attempt.forget();
        return null;
      }
      const identity =
        signUp.outcome === 'created' ? signUp.identity : await this.heal(email, password, client);
      return this.admit(identity, fullName, client, { attempt });
    });
  }

  /** @throws Problem `credentials_invalid`, `unavailable` */
  async login(email: string, password: string, client: ClientContext): Promise<SignInResult> {
    return this.throttle.count(email, client, (attempt) =>
      constantTimeFailure(async () => {
        const before = await this.users.findByEmail(email);
        const signIn = await this.passwords.checkUnknownAccount(email, password, client.ip, before !== null);
        if (signIn.outcome === 'refused') {
          this.refuse(client);
          throw new Problem('credentials_invalid');
        }
        return this.admit(signIn.identity, null, client, { attempt, before });
      }),
    );
  }

  /**
   * Trades a token that Supabase issued to a social or link login for ours. The account is bound by Supabase's `sub`,
   * never by the e-mail address.
   * @throws Problem `exchange_refused`, `unavailable`
   */
  async exchange(supabaseToken: string, client: ClientContext): Promise<SignInResult> {
    const recognised = await orUnavailable(this.identities.verifyToken(supabaseToken, client.ip));
    if (recognised.outcome === 'refused') {
      this.refuse(client);
      throw new Problem('exchange_refused');
    }
    return this.admit(recognised.identity, null, client, { provenAt: recognised.provenAt });
  }

  /** The account of the caller. An account that is gone means a token that should be. */
  async me(caller: Caller): Promise<Profile> {
    const user = await this.users.find(caller.userId);
    if (user === null) throw new Problem('token_invalid');
    return { user, mfaEnabled: await this.mfa.isActive(user.id) };
  }

  /** Of two sign-ups at the same moment the provider may fail one: whoever can sign in then has an account. */
  private async signUp(email: string, hash: string, client: ClientContext): Promise<SignUpResult> {
    try {
      return await this.identities.signUp(email, hash, client.ip);
    } catch (error) {
      const signIn = await orUnavailable(this.identities.signIn(email, hash, client.ip));
      if (signIn.outcome === 'accepted') return { outcome: 'exists' };
      throw unavailable(error, 5);
    }
  }

  async rename(caller: Caller, fullName: string | null): Promise<Profile> {
    const user = await this.users.rename(caller.userId, fullName);
    if (user === null) throw new Problem('token_invalid');
    return { user, mfaEnabled: await this.mfa.isActive(user.id) };
  }

  /** A crash between identity and account leaves an identity alone; who knows its password may finish the sign-up. */
  private async heal(email: string, password: string, client: ClientContext): Promise<Identity> {
    const signIn = await this.passwords.check(email, password, client.ip);
    if (signIn.outcome === 'refused' || (await this.users.find(signIn.identity.id)) !== null)
      throw new Problem('email_taken');
    return signIn.identity;
  }

  private async admit(
    identity: Identity,
    fullName: string | null,
    client: ClientContext,
    { attempt, before = null, provenAt }: Proof,
  ): Promise<SignInResult> {
    const { user, created } = await this.users.ensure(identity, fullName);
    if (before?.id === user.id && before.epoch !== user.epoch)
      throw unavailable(new Error('changed meanwhile'), 1);
    if (user.disabledAt !== null) {
      this.refuse(client, user.id);
      throw new Problem('credentials_invalid');
    }
    const about = {
      sourceIp: client.ip,
      userId: user.id,
      requestId: client.requestId,
      level: 'LOW',
    } as const;
    if (created)
      this.events.record({ ...about, event: 'user_created', text: 'AUTH account created', response: 'none' });
    const within =
      attempt === undefined ? {} : { within: (tx: Transaction) => attempt.succeeded(tx, user.id) };
    const pair = await this.sessions.begin(user, client, {
      factorProven: false,
      ...within,
      ...(provenAt === undefined ? {} : { provenAt }),
    });
    if (pair === null) {
      // The password was right and opens nothing by itself.
      await attempt?.forget();
      return this.challenges.issue(user);
    }
    this.events.record({ ...about, event: 'authn_login_success', text: 'AUTH signed in', response: 'none' });
    return pair;
  }

  private refuse(client: ClientContext, userId?: string): void {
    this.events.record({
      event: 'authn_login_fail',
      level: 'LOW',
      text: 'AUTH sign-in refused',
      signal: 'login_failed',
      sourceIp: client.ip,
      ...(userId === undefined ? {} : { userId }),
      requestId: client.requestId,
      response: 'refused',
    });
  }
}
