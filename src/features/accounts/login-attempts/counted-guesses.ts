import { Injectable } from '@nestjs/common';
import { Problem } from '../../../errors/problem.js';
import type { Transaction } from '../../../database/database.js';
import { GuessesService } from './guesses.service.js';
import type { Visitor } from '../sessions/sessions.service.js';

/** Refusals that say that the password was wrong, or leave it open. */
const wrong: ReadonlySet<string> = new Set(['credentials_invalid', 'email_taken']);

/** A guess that was counted before it is looked at. */
export interface CountedGuess {
  /** The password was right and a session begins: within its transaction. Returns the token of the device. */
  right(tx: Transaction, userId: string): Promise<string>;
  /** It was right, but opens nothing yet. */
  forget(): Promise<void>;
}

/** Wherever a password is tried, the guess is counted first, and given back when it could not be checked. */
@Injectable()
export class CountedGuesses {
  constructor(private readonly guesses: GuessesService) {}

  /** `check` throws what it refuses, and calls one of the two when it does not. @throws Problem `account_guesses_exceeded` */
  async count<T>(email: string, visitor: Visitor, check: (guess: CountedGuess) => Promise<T>): Promise<T> {
    const reservation = await this.guesses.reserve(email, visitor.deviceToken, visitor);
    try {
      return await check({
        right: (tx, userId) => this.guesses.succeed(tx, reservation, userId),
        forget: () => this.guesses.giveBack(reservation),
      });
    } catch (error) {
      if (error instanceof Problem && wrong.has(error.code)) await this.guesses.fail(reservation);
      else await this.guesses.giveBack(reservation);
      throw error;
    }
  }
}
