/** The median (the upper one of an even number). Throws for an empty list. */
export function median(values: readonly number[]): number {
  const middle = values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
  if (middle === undefined) throw new Error('nothing was measured');
  return middle;
}

/** Nanoseconds since `start`, a value of `process.hrtime.bigint()`. */
export const nanosecondsSince = (start: bigint): number => Number(process.hrtime.bigint() - start);

/** Collects garbage and returns the bytes in use. Needs `node --expose-gc`. */
export function collectedHeap(): number {
  if (globalThis.gc === undefined) throw new Error('start it with node --expose-gc');
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

export const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
