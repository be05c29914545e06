import { ask } from './database.js';

/**
 * Makes the next try of a job of `queue`, whose data has this `id`, its last one, and has it now. For `until`: it is asked again and again
 * until `over` holds, because pg-boss fails a job by deleting its row and inserting another one, which an update beside it does not find.
 */
export const lastTry =
  (home: string, queue: string, id: unknown, over: () => boolean | Promise<boolean>) =>
  async (): Promise<boolean> => {
    if (await over()) return true;
    await ask(
      home,
      "update pgboss.job set retry_count = retry_limit, start_after = now() where name = $1 and data->>'id' = $2",
      [queue, id],
    );
    return false;
  };
