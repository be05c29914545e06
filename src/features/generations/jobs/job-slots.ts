import type { Job } from './job.js';

/** Jobs that run on this instance, by id; bounded by `size`. */
export class JobSlots {
  private readonly held = new Map<string, { again: boolean }>();

  constructor(private readonly size: number) {}

  get busy(): number {
    return this.held.size;
  }

  get free(): number {
    return this.size - this.held.size;
  }

  ids(): string[] {
    return [...this.held.keys()];
  }

  /** Runs `work` unless this job is running already. Returns whether it was requested again meanwhile. */
  async run(job: Job, work: () => Promise<void>): Promise<boolean> {
    const running = this.held.get(job.id);
    if (running !== undefined) {
      running.again = true;
      return false;
    }
    const mark = { again: false };
    this.held.set(job.id, mark);
    try {
      await work();
    } finally {
      this.held.delete(job.id);
    }
    return mark.again;
  }
}
