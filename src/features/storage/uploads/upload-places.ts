import { Injectable } from '@nestjs/common';
import { uploadPolicy } from '../../../../config/policy/generations/uploads.js';
import { Problem, unavailable } from '../../../errors/problem.js';

/** Bounds how many files are received and judged at once on this instance: of one person, and of all. */
@Injectable()
export class UploadPlaces {
  private taken = 0;
  private readonly byAccount = new Map<string, number>();

  /** @throws Problem `uploads_exceeded`, `unavailable`; what `work` throws */
  async run<T>(account: string, work: () => Promise<T>): Promise<T> {
    const mine = this.byAccount.get(account) ?? 0;
    // Once half of them are taken, one person has one: two people could refuse everybody else.
    const allowed = this.taken >= uploadPolicy.atOnce / 2 ? 1 : uploadPolicy.perAccount;
    if (mine >= allowed) throw new Problem('uploads_exceeded', { headers: { 'retry-after': '2' } });
    if (this.taken >= uploadPolicy.atOnce) throw unavailable(new Error('too many uploads at once'));
    this.taken += 1;
    this.byAccount.set(account, mine + 1);
    try {
      return await work();
    } finally {
      this.taken -= 1;
      const left = (this.byAccount.get(account) ?? 1) - 1;
      if (left > 0) this.byAccount.set(account, left);
      else this.byAccount.delete(account);
    }
  }
}
