import { ask } from '../database/database.js';
import type { Service } from '../process/service.js';
import { until } from '../process/wait-until.js';

/** The time of grace is over, and so is the lease of a worker that is gone. */
export async function makeDue(service: Service, userId: string): Promise<void> {
  await ask(
    service.home,
    'update velro.account_deletions set due_at = least(due_at, now()), work_at = now() where user_id = $1',
    [userId],
  );
}

/** Waits for the end of a deletion that is due; the minutes for which tokens are refused are over at once. */
export async function untilErased(service: Service, userId: string): Promise<void> {
  await until(
    async () => {
      await ask(
        service.home,
        `update velro.revocations r set expires_at = now() from velro.account_deletions d
         where r.subject = $1 and d.user_id = $1 and d.stage = 'checking' and r.expires_at > now()`,
        [userId],
      );
      const rows = await ask(service.home, 'select from velro.account_deletions where user_id = $1', [
        userId,
      ]);
      return rows.length === 0;
    },
    'the end of the deletion',
    120_000,
  );
}
