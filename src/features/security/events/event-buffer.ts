/** Bounded FIFO queue: beyond the bound the oldest item is dropped. */
class Queue<T> {
  private items: T[] = [];
  private head = 0;

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.items.length - this.head;
  }

  push(item: T): boolean {
    const hasRoom = this.size < this.capacity;
    if (!hasRoom) this.head++;
    this.items.push(item);
    // The consumed part is cut off now and then, not at each step (amortised cost).
    if (this.head > this.capacity) this.drop(0);
    return hasRoom;
  }

  peek(count: number): readonly T[] {
    return this.items.slice(this.head, this.head + count);
  }

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

/** Bounds of a buffer: of major items and of the others, and which are major. */
export interface BufferBounds<T> {
  readonly capacity: number;
  readonly majorCapacity: number;
  readonly isMajor: (item: T) => boolean;
}

/** Bounded buffer in two queues: beyond its bound a queue drops its oldest item, and no number of others drops a major one. */
export class EventBuffer<T> {
  private readonly major: Queue<T>;
  private readonly others: Queue<T>;

  constructor(private readonly bounds: BufferBounds<T>) {
    this.major = new Queue(bounds.majorCapacity);
    this.others = new Queue(bounds.capacity);
  }

  get size(): number {
    return this.major.size + this.others.size;
  }

  /** False when the oldest item of its queue was dropped. */
  push(item: T): boolean {
    return (this.bounds.isMajor(item) ? this.major : this.others).push(item);
  }

  /** The oldest items, major ones first, without removing them. */
  peek(count: number): readonly T[] {
    const major = this.major.peek(count);
    return [...major, ...this.others.peek(count - major.length)];
  }

  /** Removes those of `taken` that are still queued: the oldest may have been dropped meanwhile. */
  remove(taken: readonly T[]): void {
    const { isMajor } = this.bounds;
    this.major.remove(taken.filter(isMajor));
    this.others.remove(taken.filter((item) => !isMajor(item)));
  }
}
