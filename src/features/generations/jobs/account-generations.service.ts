import { Injectable } from '@nestjs/common';
import { EndingsRepository } from './endings.repository.js';
import { Settlement } from './settlement.js';

/** Generations of an account that is erased. */
@Injectable()
export class AccountGenerationsService {
  constructor(
    private readonly endings: EndingsRepository,
    private readonly settlement: Settlement,
  ) {}

  /**
   * Cancels at most `atMost` unfinished ones, and returns how many of them may still run: the provider is asked to cancel those that it has. With `giveUp`
   * they end at once, and what it makes of them is nobody's any more.
   */
  async cancel(userId: string, atMost: number, { giveUp }: { readonly giveUp: boolean }): Promise<number> {
    for (const id of await this.endings.unfinishedOf(userId, atMost))
      if (giveUp) await this.settlement.cancel({ id, userId });
      else await this.settlement.cancelFor({ userId }, id);
    return (await this.endings.unfinishedOf(userId, atMost)).length;
  }
}
