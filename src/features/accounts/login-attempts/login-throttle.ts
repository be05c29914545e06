import { Injectable } from '@nestjs/common';
import { Problem } from '../../../errors/problem.js';
import type { Transaction } from '../../../database/database.js';
import { LoginAttemptsService } from './login-attempts.service.js';
import type { ClientContext } from '../../../network/client-context.js';

/** Refusals that say that the password was wrong, or leave it open. */
const wrong: ReadonlySet<string> = new Set(['credentials_invalid', 'email_taken']);

/** A guess that was counted before it is looked at. */
export interface LoginAttempt {
  /** The password was right and a session begins: within its transaction. Returns the token of the device. */
  succeeded(tx: Transaction, userId: string): Promise<string>;
  /** It was right, but opens nothing yet. */
  forget(): Promise<void>;
}

/** Wherever a password is tried, the guess is counted first, and given back when it could not be checked. */
@Injectable()
export class LoginThrottle {
  constructor(private readonly loginAttempts: LoginAttemptsService) {}

  /** `check` throws what it refuses, and calls one of the two when it does not. @throws Problem `account_guesses_exceeded` */
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
