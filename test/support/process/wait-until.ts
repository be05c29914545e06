/** Milliseconds between the first two looks, and the most between two: a long wait must not take the processor from what it waits for. */
const [soonMs, lateMs] = [20, 100];

/**
 * Milliseconds. What has not come by then does not come any more: no machine is that busy. Where much is expected not to come, it is
 * shorter. Every wait of a test for a process ends by it, never by a number of its own.
 */
export const hungAfterMs = Number(process.env['VELRO_TEST_HUNG_AFTER_MS'] ?? 240_000);

/**
 * Waits until `condition` holds; returns the milliseconds it took, and throws when it does not come to hold. `what` ends
 * the sentence "not within N ms: …". `withinMs` is given only where the time itself is promised.
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  withinMs = hungAfterMs,
): Promise<number> {
  const start = performance.now();
  for (let pauseMs = soonMs; !(await condition()); pauseMs = Math.min(pauseMs * 1.25, lateMs)) {
    if (performance.now() - start > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return performance.now() - start;
}
