import { Injectable } from '@nestjs/common';
import { isAdministrator } from '../../../../config/policy/accounts/roles.js';
import type { Transaction } from '../../../database/database.js';
import type { ClientContext } from '../../../network/client-context.js';
import type { Revocation } from '../../../ports/revocations.js';
import { ApiKeysService } from '../../api-keys/api-keys.service.js';
import { UsersService, type ProofKind, type User } from '../../users/users.service.js';
import { WebhookEndpointsService } from '../../webhooks/endpoints/webhook-endpoints.service.js';
import { MfaService } from '../factor/mfa.service.js';
import { LoginAttemptsService } from '../login-attempts/login-attempts.service.js';
import { SessionTermination } from '../sessions/session-termination.js';

/** Whether somebody has proven to hold the mail of the present address, in either way. */
const isProven = ({ provenAt, exchangedAt, addressTakenAt }: User): boolean =>
  (provenAt !== null || exchangedAt !== null) && addressTakenAt === null;

/**
 * Proof that a person holds the mail of an account's address. Whatever gives access and was made before the first proof
 * may belong to somebody who registered the address first (account pre-hijacking): it ends with that proof.
 */
@Injectable()
export class AddressProof {
  constructor(
    private readonly users: UsersService,
    private readonly keys: ApiKeysService,
    private readonly webhooks: WebhookEndpointsService,
    private readonly mfa: MfaService,
    private readonly loginAttempts: LoginAttemptsService,
    private readonly termination: SessionTermination,
  ) {}

  /** The holder of the mail chose the password: recorded, and attempts counted so far are forgotten, with every device. */
  async byPassword(
    tx: Transaction,
    user: User,
    email: string,
    client: ClientContext | null,
  ): Promise<Revocation[]> {
    await this.loginAttempts.reset(tx, email);
    await this.loginAttempts.forgetDevices(tx, user.id);
    await this.mfa.forgetAttempts(tx, user.id);
    return this.record(tx, user, 'password', client);
  }

  /**
   * The holder of the account has proven another address, which it has from now on. What was counted against that address
   * is forgotten, and every device, since they are bound to the former one.
   */
  async byChange(tx: Transaction, user: User, email: string, client: ClientContext): Promise<Revocation[]> {
    await this.users.changeEmail(tx, user.id, email);
    await this.loginAttempts.reset(tx, email);
    await this.loginAttempts.forgetDevices(tx, user.id);
    // An account of a social login gets no password admitted by it.
    const isSocial = user.provenAt === null && user.exchangedAt !== null;
    return this.record(tx, user, isSocial ? 'exchange' : 'password', client);
  }

  /** Applies committed results on this instance before the answer is sent. */
  applied(ended: readonly Revocation[]): void {
    this.termination.applied(ended);
  }

  /** Whether the account has a second factor that a proof of its address does not end. */
  async hasLastingFactor(userId: string): Promise<boolean> {
    const user = await this.users.find(userId);
    return (
      user !== null && (isProven(user) || isAdministrator(user.role)) && (await this.mfa.isActive(userId))
    );
  }

  /**
   * Records a proof. With the first one, sessions, access tokens, API keys, webhook endpoints, the second factor and the known devices end;
   * pictures, projects and credits stay. `user`: its row is locked by `tx`. Apply the result after the commit.
   */
  async record(
    tx: Transaction,
    user: User,
    kind: ProofKind,
    client: ClientContext | null,
  ): Promise<Revocation[]> {
    const last = kind === 'password' ? user.provenAt : user.exchangedAt;
    if (last === null || user.addressTakenAt !== null) await this.users.recordProof(tx, user.id, kind);
    if (isProven(user)) return [];
    await this.loginAttempts.forgetDevices(tx, user.id);
    await this.webhooks.removeAll(tx, user.id, client);
    // An administrator's second factor does not end by a mail alone.
    if (!isAdministrator(user.role)) await this.mfa.remove(tx, user.id, client);
    return [
      ...(await this.keys.endAll(tx, user.id, client)),
      ...(await this.termination.endAll(tx, user.id, { cause: 'proven', client })),
    ];
  }
}
