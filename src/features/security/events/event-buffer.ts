/** First in, first out, bounded: beyond the bound the oldest goes. */
export class EventBuffer<T> {
  private items: T[] = [];
  private head = 0;

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.items.length - this.head;
  }

  /** False when the oldest had to go for it. */
  push(item: T): boolean {
    const hasRoom = this.size < this.capacity;
    if (!hasRoom) this.head++;
    this.items.push(item);
    // What lies before the head is let go of now and then, not at each step.
    if (this.head > this.capacity) this.drop(0);
    return hasRoom;
  }

  /** The oldest, without removing them. */
  peek(count: number): readonly T[] {
    return this.items.slice(this.head, this.head + count);
  }

  /** Removes those of `taken` that are still there: while they were written, the oldest may have gone. */
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
