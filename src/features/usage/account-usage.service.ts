import { Injectable } from '@nestjs/common';
import { UsageRepository } from './usage.repository.js';

/** Use of an account that is erased: counted on as nobody's. */
@Injectable()
export class AccountUsageService {
  constructor(private readonly usage: UsageRepository) {}

  /** At most `atMost` sums; returns how many. */
  disown(userId: string, atMost: number): Promise<number> {
    return this.usage.disown(userId, atMost);
  }
}
