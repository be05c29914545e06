import { Injectable } from '@nestjs/common';
import { loginAttemptPolicy } from '../../../../config/policy/accounts/login-attempts.js';
import { Problem } from '../../../errors/problem.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import type { Transaction } from '../../../database/database.js';
import { NoticesService } from '../../notices/notices.service.js';
import { AccountKey, type AccountHashes } from './account-key.js';
import { DeviceTokens, type IssuedDevice } from './device-tokens.js';
import { DevicesRepository } from './devices.repository.js';
import { LoginAttemptsRepository } from './login-attempts.repository.js';
import type { ClientContext } from '../../../network/client-context.js';
import { loginAttemptsExceeded } from '../accounts.events.js';

/** A counted attempt; completed by exactly one of `succeed`, `fail` and `giveBack`. */
export interface Reservation {
  readonly account: AccountHashes;
  readonly knownDevice: boolean;
  /** The account that signed in with the device before. */
  readonly userId: string | null;
  /** The client's address. */
  readonly ip: string;
  readonly device: (IssuedDevice & { readonly takenAt: string }) | null;
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
    const account = this.accounts.hashesOf(email);
    const device = this.tokens.read(client.deviceToken, account);
    const userId = device === null ? null : await this.devices.ownerOf(device);
    if (device === null || userId === null) {
      if (!(await this.attempts.reserve(account, this.accounts.id)))
        throw this.refusal(loginAttemptPolicy.exceededRetryAfterSeconds, 'account', client);
      return { account, knownDevice: false, userId: null, ip: client.ip, device: null };
    }
    const takenAt = await this.devices.reserve(device.hash);
    if (takenAt === null) {
      // The device was removed concurrently: it is an unknown device now.
      if ((await this.devices.ownerOf(device)) === null)
        return this.reserve(email, { ...client, deviceToken: null });
      throw this.refusal(await this.devices.secondsUntilRoom(device.hash), 'device', client);
    }
    return { account, knownDevice: true, userId, ip: client.ip, device: { ...device, takenAt } };
  }

  /**
   * The password was right: resets the failures. Returns the device token for the answer, valid for 180 days from now;
   * a known device keeps its own, unless that was issued under the key before the last rotation. When `tx` rolls back, the caller must still give the reservation back.
   */
  async succeed(tx: Transaction, reservation: Reservation, userId: string): Promise<string> {
    const { account, device } = reservation;
    await this.attempts.clear(tx, account, device === null ? 1 : 0, { userId, keyId: this.accounts.id });
    const isKnown = device !== null && (await this.devices.renew(tx, device.hash, device.takenAt));
    if (isKnown && !device.isEarlier) return device.token;
    const token = this.tokens.issue(account);
    // The first device of an account is the one it was made with.
    if (!isKnown && (await this.devices.hasAny(tx, userId)))
      await this.notices.add(tx, userId, 'device_added', { ip: reservation.ip });
    await this.devices.add(tx, this.tokens.hash(token), account.present, userId);
    return token;
  }

  /** The password was wrong. */
  async fail({ account, device }: Reservation): Promise<void> {
    // An attempt of a known device counts as a failure from `reserve` on.
    if (device === null) await this.attempts.fail(account.present);
  }

  /** The password could not be checked, or was right without beginning a session: not a failure. */
  async giveBack({ account, device }: Reservation): Promise<void> {
    if (device === null) await this.attempts.giveBack(account.present);
    else await this.devices.giveBack(device.hash, device.takenAt);
  }

  /** After a completed password reset: resets the failures. */
  async reset(tx: Transaction, email: string): Promise<void> {
    await this.attempts.reset(tx, this.accounts.hashesOf(email));
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
    const device = this.tokens.read(deviceToken, this.accounts.hashesOf(email));
    return device !== null && (await this.devices.ownerOf(device)) !== null ? device.hash : null;
  }

  private refusal(seconds: number, scope: 'account' | 'device', client: AttemptContext): Problem {
    loginAttemptsExceeded(this.events, client, { scope, retryAfterSeconds: seconds });
    return new Problem('account_guesses_exceeded', { headers: { 'retry-after': String(seconds) } });
  }
}
