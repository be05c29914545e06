import { Injectable } from '@nestjs/common';
import { loginAttemptPolicy } from '../../../../config/policy/accounts/login-attempts.js';
import { Problem } from '../../../errors/problem.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import type { Transaction } from '../../../database/database.js';
import { NoticesService } from '../../notices/notices.service.js';
import { AccountKey } from './account-key.js';
import { DeviceTokens } from './device-tokens.js';
import { DevicesRepository } from './devices.repository.js';
import { LoginAttemptsRepository } from './login-attempts.repository.js';
import type { ClientContext } from '../../../network/client-context.js';
import { loginAttemptsExceeded } from '../accounts.events.js';

/** A counted attempt; completed by exactly one of `succeed`, `fail` and `giveBack`. */
export interface Reservation {
  /** The keyed hash of the address. */
  readonly account: Buffer;
  readonly knownDevice: boolean;
  /** The account that signed in with the device before. */
  readonly userId: string | null;
  /** The client's address. */
  readonly ip: string;
  readonly device: { readonly token: string; readonly hash: Buffer; readonly takenAt: string } | null;
}

/** The client: for the count, and for the event of a refusal. */
export type AttemptContext = Pick<ClientContext, 'ip' | 'requestId' | 'deviceToken'>;

/**
 * Brute-force limit per account, independent of the client's address: at most 100 consecutive failures from unknown
 * devices, and 10 an hour from a known one. A known device can sign in when the limit of unknown devices is reached.
 * Addresses without an account are counted by the same statements, so that no answer reveals whether an account exists.
 */
@Injectable()
export class LoginAttemptsService {
  constructor(
    private readonly accounts: AccountKey,
    private readonly tokens: DeviceTokens,
    private readonly attempts: LoginAttemptsRepository,
    private readonly devices: DevicesRepository,
    private readonly notices: NoticesService,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * Counts an attempt before the password is checked. Runs outside the caller's transactions: it must persist when they
   * roll back.
   * @throws Problem `account_guesses_exceeded`
   */
  async reserve(email: string, client: AttemptContext): Promise<Reservation> {
    const { deviceToken } = client;
    const account = this.accounts.of(email);
    const hash = this.tokens.hashOf(deviceToken, account);
    const userId = hash === null ? null : await this.devices.ownerOf(hash, account);
    if (hash === null || deviceToken === null || userId === null) {
      if (!(await this.attempts.reserve(account)))
        throw this.refusal(loginAttemptPolicy.exceededRetryAfterSeconds, 'account', client);
      return { account, knownDevice: false, userId: null, ip: client.ip, device: null };
    }
    const takenAt = await this.devices.reserve(hash);
    if (takenAt === null) {
      // The device was removed concurrently: it is an unknown device now.
      if ((await this.devices.ownerOf(hash, account)) === null)
        return this.reserve(email, { ...client, deviceToken: null });
      throw this.refusal(await this.devices.secondsUntilRoom(hash), 'device', client);
    }
    return {
      account,
      knownDevice: true,
      userId,
      ip: client.ip,
      device: { token: deviceToken, hash, takenAt },
    };
  }

  /**
   * The password was right: resets the failures. Returns the device token for the answer, valid for 180 days from now;
   * a known device keeps its own. When `tx` rolls back, the caller must still give the reservation back.
   */
  async succeed(tx: Transaction, reservation: Reservation, userId: string): Promise<string> {
    const { account, device } = reservation;
    await this.attempts.clear(tx, account, device === null ? 1 : 0, userId);
    if (device !== null && (await this.devices.renew(tx, device.hash, device.takenAt))) return device.token;
    const token = this.tokens.issue(account);
    // The first device of an account is the one it was made with.
    if (await this.devices.hasAny(tx, userId))
      await this.notices.add(tx, userId, 'device_added', { ip: reservation.ip });
    await this.devices.add(tx, this.tokens.hash(token), account, userId);
    return token;
  }

  /** The password was wrong. */
  async fail({ account, device }: Reservation): Promise<void> {
    // An attempt of a known device counts as a failure from `reserve` on.
    if (device === null) await this.attempts.fail(account);
  }

  /** The password could not be checked, or was right without beginning a session: not a failure. */
  async giveBack({ account, device }: Reservation): Promise<void> {
    if (device === null) await this.attempts.giveBack(account);
    else await this.devices.giveBack(device.hash, device.takenAt);
  }

  /** After a completed password reset: resets the failures. */
  async reset(tx: Transaction, email: string): Promise<void> {
    await this.attempts.reset(tx, this.accounts.of(email));
  }

  /** Removes all known devices, for when an earlier sign-in may have been an attacker's. */
  async forgetDevices(tx: Transaction, userId: string): Promise<void> {
    await this.devices.removeAll(tx, userId);
  }

  /** Whether the address limits exempt this device. Queries the database only for tokens with a valid MAC. */
  async isKnownDevice(deviceToken: string | null, email: string): Promise<boolean> {
    return (await this.knownDevice(deviceToken, email)) !== null;
  }

  /** The hash of the device, when it has signed in to this account before; else null. */
  async knownDevice(deviceToken: string | null, email: string): Promise<Buffer | null> {
    const account = this.accounts.of(email);
    const hash = this.tokens.hashOf(deviceToken, account);
    return hash !== null && (await this.devices.ownerOf(hash, account)) !== null ? hash : null;
  }

  private refusal(seconds: number, scope: 'account' | 'device', client: AttemptContext): Problem {
    loginAttemptsExceeded(this.events, client, { scope, retryAfterSeconds: seconds });
    return new Problem('account_guesses_exceeded', { headers: { 'retry-after': String(seconds) } });
  }
}
