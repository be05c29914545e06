import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { Database, type Transaction } from '../../../database/database.js';
import { Problem, unavailable } from '../../../errors/problem.js';
import type { ClientContext } from '../../../network/client-context.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import type { Identity } from '../../../ports/identity-provider.js';
import {
  UsersService,
  type EnsuredUser,
  type KnownAccount,
  type ProofKind,
  type User,
} from '../../users/users.service.js';
import { AddressProof } from '../credentials/address-proof.js';
import { accountCreated, loginFailed, loginSucceeded } from '../accounts.events.js';
import { MfaChallenges, type IssuedChallenge } from '../factor/mfa-challenges.js';
import type { LoginAttempt } from '../login-attempts/login-throttle.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { TokenPair } from '../sessions/token-pair.js';

/** A session, or the challenge for the second factor. */
export type SignInResult = TokenPair | IssuedChallenge;

/** How the identity was proven. */
export interface Proof {
  /** `other`: by the identity provider, with nothing about who holds the mail of the address. */
  readonly by: ProofKind | 'other';
  /** The account is older than the pepper, and the operator accepts that: it stands for a proof of the address, once. */
  readonly wasUnpeppered?: boolean;
  readonly fullName?: string | null;
  readonly attempt?: LoginAttempt;
  /** The account as read before the proof was verified: a password that changed meanwhile begins no session. */
  readonly before?: KnownAccount | null;
  /** Seconds since the epoch; by default now. */
  readonly provenAt?: number;
}

/** Begins a session for a proven identity, or issues the challenge when there is a second factor. */
@Injectable()
export class SignInCompletion {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly proofs: AddressProof,
    private readonly sessions: SessionsService,
    private readonly challenges: MfaChallenges,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * @throws Problem `credentials_invalid` for a disabled account and for a password that nobody has proven to be the
   *   owner's, `unavailable` when the account changed since the proof
   */
  async complete(identity: Identity, client: ClientContext, proof: Proof): Promise<SignInResult> {
    const { by, attempt, provenAt } = proof;
    const { user, created } = await this.accountOf(identity, client, proof);
    if (user.disabledAt !== null || (by === 'password' && !this.admitsPassword(user))) {
      loginFailed(this.events, client, user.id);
      throw new Problem('credentials_invalid');
    }
    if (created) accountCreated(this.events, client, user.id);
    const within =
      attempt === undefined ? {} : { within: (tx: Transaction) => attempt.succeeded(tx, user.id) };
    const pair = await this.sessions.begin(user, client, {
      factorProven: false,
      ...within,
      ...(provenAt === undefined ? {} : { provenAt }),
    });
    if (pair === null) {
      // The password was right, but begins no session without the second factor.
      await attempt?.forget();
      return this.challenges.issue(user);
    }
    loginSucceeded(this.events, client, user.id);
    return pair;
  }

  /** The account of an identity; a first proof of its address ends what was made before. */
  private async accountOf(
    identity: Identity,
    client: ClientContext,
    { by, wasUnpeppered = false, fullName = null, before = null }: Proof,
  ): Promise<EnsuredUser> {
    const { account, ended } = await this.database.transaction(async (tx) => {
      const { user, created } = await this.users.ensureWithin(tx, identity, fullName, client);
      if (before?.id === user.id && before.epoch !== user.epoch)
        throw unavailable(new Error('changed meanwhile'), 1);
      if (by !== 'exchange' && !wasUnpeppered) return { account: { user, created }, ended: [] };
      const ended = await this.proofs.record(tx, user, by === 'exchange' ? by : 'password', client);
      // The proof may have raised its epoch.
      return { account: { user: (await this.users.find(user.id, tx)) ?? user, created }, ended };
    });
    this.proofs.applied(ended);
    return account;
  }

  /**
   * Whoever holds the mail has chosen the password; or addresses are not verified here, and nobody has proven to hold
   * this one.
   */
  private admitsPassword({ provenAt, exchangedAt }: User): boolean {
    if (provenAt !== null) return true;
    return !this.config.passwords.requireEmailVerification && exchangedAt === null;
  }
}
