import { Injectable } from '@nestjs/common';
import { usagePolicy } from '../../../config/policy/assistants/budgets.js';
import { Problem } from '../../errors/problem.js';
import type { Caller } from '../../guards/route/caller.js';
import { Clock } from '../../ports/clock.js';
import { UsageRepository, type DayRange, type UsageGroup, type UsageSum } from './usage.repository.js';

const dayMs = 86_400_000;

/** Null: today, and as many days before it as are shown of themselves. */
export interface WantedDays {
  readonly from: string | null;
  readonly to: string | null;
}

export interface Usage {
  readonly range: DayRange;
  readonly group: UsageGroup;
  readonly sums: readonly UsageSum[];
}

/** What was used by day: tokens, credits and money. */
@Injectable()
export class UsageService {
  constructor(
    private readonly usage: UsageRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws Problem `validation_failed` */
  async own(caller: Caller, wanted: WantedDays, group: UsageGroup): Promise<Usage> {
    const range = this.rangeOf(wanted, usagePolicy.ownDays);
    return { range, group, sums: await this.usage.own(caller, range, group, usagePolicy.rowsAtMost) };
  }

  /** @throws Problem `validation_failed` */
  async all(wanted: WantedDays, group: UsageGroup): Promise<Usage> {
    const range = this.rangeOf(wanted, usagePolicy.allDays);
    return { range, group, sums: await this.usage.all(range, group, usagePolicy.rowsAtMost) };
  }

  private rangeOf({ from, to }: WantedDays, daysAtMost: number): DayRange {
    const last = to ?? textOf(this.clock.now());
    const first = from ?? textOf(timeOf(last) - (usagePolicy.shownDays - 1) * dayMs);
    const days = (timeOf(last) - timeOf(first)) / dayMs + 1;
    if (days < 1 || days > daysAtMost) {
      const message = `must be 1 to ${daysAtMost} days with the last one`;
      throw new Problem('validation_failed', { errors: [{ field: 'from', code: 'range', message }] });
    }
    return { from: first, to: last };
  }
}

const textOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
const timeOf = (day: string): number => Date.parse(`${day}T00:00:00Z`);
