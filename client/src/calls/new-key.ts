/**
 * A random text that no other is equal to. `randomUUID` exists in secure contexts alone; a development page on another machine's
 * address is none.
 */
export function newKey(): string {
  const { crypto } = globalThis;
  return typeof crypto.randomUUID === 'function'
    ? crypto.randomUUID()
    : Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
        byte.toString(16).padStart(2, '0'),
      ).join('');
}
