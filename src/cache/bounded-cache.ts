/** A map of at most `entries`: a further key takes the place of the one that was set first. */
export class BoundedCache<T> {
  private readonly values = new Map<string, T>();

  constructor(private readonly entries: number) {}

  get size(): number {
    return this.values.size;
  }

  get(key: string): T | undefined {
    return this.values.get(key);
  }

  set(key: string, value: T): void {
    if (this.values.size >= this.entries && !this.values.has(key)) {
      const [oldest] = this.values.keys();
      if (oldest !== undefined) this.values.delete(oldest);
    }
    this.values.set(key, value);
  }

  delete(key: string): void {
    this.values.delete(key);
  }
}

/**
 * A pure function of a text whose results are kept. Texts longer than `characters` are computed each time and not kept, so
 * that the bound on entries bounds memory too.
 */
export function memoize<T extends object | boolean>(
  { entries, characters }: { readonly entries: number; readonly characters: number },
  compute: (text: string) => T,
): (text: string) => T {
  const cache = new BoundedCache<T>(entries);
  return (text) => {
    if (text.length > characters) return compute(text);
    const found = cache.get(text);
    if (found !== undefined) return found;
    const value = compute(text);
    cache.set(text, value);
    return value;
  };
}
