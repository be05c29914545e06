import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { Problem } from '../../errors/problem.js';
import type { Transaction } from '../../ports/database.js';
import { CreditsRepository, type Entry } from './credits.repository.js';

/**
 * Credits: reserved at acceptance, committed on success, released on failure or cancellation, each exactly once. Every
 * change writes its line into the ledger within the same transaction, so the ledger's sums are the account's figures.
 */
@Injectable()
export class CreditsService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly credits: CreditsRepository,
  ) {}

  async grantStart(tx: Transaction, userId: string): Promise<void> {
    await this.enter(tx, {
      userId,
      generationId: null,
      kind: 'grant',
      balance: this.config.startingCredits,
      reserved: 0,
    });
  }

  /** @throws Problem `credits_insufficient` with `required` and `available` */
  async reserve(tx: Transaction, userId: string, generationId: string, cost: number): Promise<void> {
    const entered = await this.enter(tx, {
      userId,
      generationId,
      kind: 'reserve',
      balance: -cost,
      reserved: cost,
    });
    if (entered) return;
    throw new Problem('credits_insufficient', {
      members: { required: cost, available: await this.credits.balance(tx, userId) },
    });
  }

  async commit(tx: Transaction, userId: string, generationId: string, cost: number): Promise<void> {
    await this.enter(tx, { userId, generationId, kind: 'commit', balance: 0, reserved: -cost });
  }

  async release(tx: Transaction, userId: string, generationId: string, cost: number): Promise<void> {
    await this.enter(tx, { userId, generationId, kind: 'release', balance: cost, reserved: -cost });
  }

  /** The line first: where it stands already, the figures have moved already. False when the balance does not cover it. */
  private async enter(tx: Transaction, entry: Entry): Promise<boolean> {
    if (!(await this.credits.note(tx, entry))) return true;
    return this.credits.move(tx, entry);
  }
}
