import { setTimeout as sleep } from 'node:timers/promises';
import { responseTiming } from '../../../../config/policy/accounts/response-timing.js';

/** Runs `check`; a failure is rethrown at the next multiple of `refuseEveryMs`, so that its timing reveals nothing. */
export async function constantTimeFailure<T>(check: () => Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    return await check();
  } catch (error) {
    const { refuseEveryMs } = responseTiming;
    const passed = performance.now() - start;
    await sleep(Math.ceil(passed / refuseEveryMs) * refuseEveryMs - passed);
    throw error;
  }
}
