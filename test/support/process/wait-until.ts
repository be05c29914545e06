/** Milliseconds between two looks. */
const everyMs = 20;

/**
 * Waits until `condition` holds; returns the milliseconds it took, and throws when it does not come to hold. `what` ends
 * the sentence "not within N ms: …".
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
  what: string,
): Promise<number> {
  const start = performance.now();
  while (!(await condition())) {
    if (performance.now() - start > timeoutMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  return performance.now() - start;
}
