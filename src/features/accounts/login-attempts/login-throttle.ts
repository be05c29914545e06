import { Injectable } from '@nestjs/common';
import { Problem } from '../../../errors/problem.js';
import type { Transaction } from '../../../database/database.js';
import { LoginAttemptsService } from './login-attempts.service.js';
import type { ClientContext } from '../../../network/client-context.js';

/** Error codes of a wrong password, or of one that may be wrong. */
const wrong: ReadonlySet<string> = new Set(['credentials_invalid', 'email_taken']);

/** A login attempt, counted before its password is checked. */
export interface LoginAttempt {
  /** The password was right and a session begins, in `tx`. Returns the device token. */
  succeeded(tx: Transaction, userId: string): Promise<string>;
  /** The password was right, but no session begins yet. */
  forget(): Promise<void>;
}

/** Counts every login attempt before its password is checked, and gives it back when it could not be checked. */
@Injectable()
export class LoginThrottle {
  constructor(private readonly loginAttempts: LoginAttemptsService) {}

  /**
   * `check` throws its refusal, or calls one method of the attempt.
   * @throws Problem `account_guesses_exceeded`, or what `check` throws
   */
  async count<T>(
    email: string,
    client: ClientContext,
    check: (attempt: LoginAttempt) => Promise<T>,
  ): Promise<T> {
    const reservation = await this.loginAttempts.reserve(email, client);
    try {
      return await check({
        succeeded: (tx, userId) => this.loginAttempts.succeed(tx, reservation, userId),
        forget: () => this.loginAttempts.giveBack(reservation),
      });
    } catch (error) {
      if (error instanceof Problem && wrong.has(error.code)) await this.loginAttempts.fail(reservation);
      else await this.loginAttempts.giveBack(reservation);
      throw error;
    }
  }
}
