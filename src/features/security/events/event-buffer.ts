/** Bounded FIFO queue: beyond the bound the oldest item is dropped. */
export class EventBuffer<T> {
  private items: T[] = [];
  private head = 0;

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.items.length - this.head;
  }

  /** False when the oldest item was dropped. */
  push(item: T): boolean {
    const hasRoom = this.size < this.capacity;
    if (!hasRoom) this.head++;
    this.items.push(item);
    // The consumed part is cut off now and then, not at each step (amortised cost).
    if (this.head > this.capacity) this.drop(0);
    return hasRoom;
  }

  /** The oldest items, without removing them. */
  peek(count: number): readonly T[] {
    return this.items.slice(this.head, this.head + count);
  }

  /** Removes those of `taken` that are still queued: the oldest may have been dropped meanwhile. */
  remove(taken: readonly T[]): void {
    const last = taken.at(-1);
    const at = last === undefined ? -1 : this.items.indexOf(last, this.head);
    if (at !== -1) this.drop(at + 1 - this.head);
  }

  private drop(count: number): void {
    this.items = this.items.slice(this.head + count);
    this.head = 0;
  }
}
