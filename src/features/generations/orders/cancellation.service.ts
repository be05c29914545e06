import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { Problem, unavailable } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import { StorageRemovals } from '../../storage/removal/storage-removals.js';
import { UsersService } from '../../users/users.service.js';
import { isFinished, type Generation } from '../generation.js';
import { WorkHints } from '../../../tasks/work-hints.js';
import { Settlement } from '../jobs/settlement.js';
import { GenerationsRepository } from './generations.repository.js';
import { GenerationsService } from './generations.service.js';

/** Cancels generations, and removes ended ones, for their owner. */
@Injectable()
export class CancellationService {
  constructor(
    private readonly database: Database,
    private readonly generations: GenerationsService,
    private readonly rows: GenerationsRepository,
    private readonly settlement: Settlement,
    private readonly removals: StorageRemovals,
    private readonly users: UsersService,
    private readonly work: WorkHints,
  ) {}

  /**
   * A queued generation ends at once and is refunded; for a submitted one, the provider is asked to cancel, and its
   * response decides. Cancelling a cancelled one succeeds. @throws Problem `not_found`, `generation_finished`
   */
  async cancel(caller: Caller, id: string): Promise<Generation> {
    // What has ended is told without a lock on the account.
    const before = await this.generations.get(caller, id);
    if (isFinished(before.status)) return asCancelled(before);
    const asked = await this.settlement.cancelFor(caller, id);
    const generation = await this.generations.get(caller, id);
    // It may have ended in between.
    if (!asked) return asCancelled(generation);
    this.work.tell('generations');
    return generation;
  }

  /** Removes the row and asks for the removal of its objects. @throws Problem `not_found`, `generation_running` */
  async remove(caller: Caller, id: string): Promise<void> {
    const removed = await this.database.transaction(async (tx) => {
      await this.users.lock(tx, caller.userId);
      const keys = await this.rows.remove(tx, caller, id);
      if (keys !== null) await this.removals.request(tx, id, keys);
      return keys !== null;
    });
    if (removed) return;
    if (isFinished((await this.generations.get(caller, id)).status))
      throw unavailable(new Error('ended a moment ago'), 1);
    throw new Problem('generation_running');
  }
}

/** @throws Problem `generation_finished` when it has ended in another way */
function asCancelled(generation: Generation): Generation {
  if (generation.status !== 'cancelled') throw new Problem('generation_finished');
  return generation;
}
