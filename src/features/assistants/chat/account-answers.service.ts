import { Injectable } from '@nestjs/common';
import { RunsRepository } from './runs/runs.repository.js';

/** Answers that an account is given while it is erased. */
@Injectable()
export class AccountAnswersService {
  constructor(private readonly runs: RunsRepository) {}

  /** Asks for their end on every instance; returns how many are still given, or not settled. */
  stop(userId: string): Promise<number> {
    return this.runs.stopAllOf(userId);
  }
}
