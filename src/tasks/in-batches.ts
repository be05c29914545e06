/**
 * Repeats `batch`, which handles at most `size` rows and returns how many, until one is not full or `signal` is aborted:
 * one statement over a million rows would exceed the statement timeout and lock them all.
 */
export async function inBatches(
  size: number,
  batch: () => Promise<number>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted && (await batch()) === size);
}
