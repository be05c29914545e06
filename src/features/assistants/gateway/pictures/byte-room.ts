/** How much all may hold together, and one of them; how many may wait. */
export interface RoomLimits {
  readonly bytes: number;
  readonly bytesOfOne: number;
  readonly waiting: number;
}

interface Wait {
  readonly who: string;
  readonly bytes: number;
  readonly enter: () => void;
}

/** Memory that is given out by bytes: what does not fit waits, and is let in as it came where its own share allows it. */
export class ByteRoom {
  private held = 0;
  private readonly heldBy = new Map<string, number>();
  private readonly waiting: Wait[] = [];

  constructor(private readonly limits: RoomLimits) {}

  /** Null where there is no room within `ms`; else what gives it back, which does so once. */
  take(who: string, bytes: number, ms: number): Promise<(() => void) | null> {
    if (bytes > this.limits.bytesOfOne || this.waiting.length >= this.limits.waiting)
      return Promise.resolve(null);
    // Nobody passes those who wait, but past one whose own share is used up.
    if (this.fits(who, bytes) && !this.waiting.some((wait) => this.isOfShare(wait)))
      return Promise.resolve(this.hold(who, bytes));
    return new Promise((resolve) => {
      const wait: Wait = {
        who,
        bytes,
        enter: () => {
          clearTimeout(timer);
          resolve(this.hold(who, bytes));
        },
      };
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(wait), 1);
        this.admit();
        resolve(null);
      }, ms).unref();
      this.waiting.push(wait);
    });
  }

  private hold(who: string, bytes: number): () => void {
    this.held += bytes;
    this.heldBy.set(who, (this.heldBy.get(who) ?? 0) + bytes);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.held -= bytes;
      const left = (this.heldBy.get(who) ?? 0) - bytes;
      if (left > 0) this.heldBy.set(who, left);
      else this.heldBy.delete(who);
      this.admit();
    };
  }

  private admit(): void {
    for (let place = 0; place < this.waiting.length;) {
      const wait = this.waiting[place];
      if (wait === undefined) return;
      if (this.isOfShare(wait)) {
        if (!this.fits(wait.who, wait.bytes)) return;
        this.waiting.splice(place, 1);
        wait.enter();
      } else place++;
    }
  }

  private isOfShare({ who, bytes }: Pick<Wait, 'who' | 'bytes'>): boolean {
    return (this.heldBy.get(who) ?? 0) + bytes <= this.limits.bytesOfOne;
  }

  private fits(who: string, bytes: number): boolean {
    return this.isOfShare({ who, bytes }) && this.held + bytes <= this.limits.bytes;
  }
}
