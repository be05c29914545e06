import { Injectable } from '@nestjs/common';
import { concurrencyPolicy } from '../../config/policy/perimeter/concurrency.js';

interface Share {
  running: number;
  readonly waiting: (() => void)[];
}

/** How many requests of each account run at once. Only accounts with a request under way have an entry. */
@Injectable()
export class AccountShares {
  private readonly shares = new Map<string, Share>();

  /** Takes a place: true at once where one is free, else when one became free in time, or false. */
  take(account: string): boolean | Promise<boolean> {
    const share = this.shares.get(account) ?? this.begin(account);
    if (share.running < concurrencyPolicy.perAccount) {
      share.running += 1;
      return true;
    }
    return share.waiting.length >= concurrencyPolicy.waiting ? false : this.wait(share);
  }

  /** Passes the place to the request that has waited longest. */
  release(account: string): void {
    const share = this.shares.get(account);
    if (share === undefined) return;
    const next = share.waiting.shift();
    if (next !== undefined) {
      next();
      return;
    }
    share.running -= 1;
    if (share.running === 0) this.shares.delete(account);
  }

  private begin(account: string): Share {
    const share = { running: 0, waiting: [] };
    this.shares.set(account, share);
    return share;
  }

  private wait({ waiting }: Share): Promise<boolean> {
    return new Promise((resolve) => {
      const enter = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(enter), 1);
        resolve(false);
      }, concurrencyPolicy.waitMs);
      waiting.push(enter);
    });
  }
}
