interface Waiting<Call, Answer> {
  readonly call: Call;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (cause: unknown) => void;
}

export interface BatchedCallsOptions<Call, Answer> {
  /** Calls of one run. */
  readonly atMost: number;
  /** The answers in the order of the calls. */
  readonly run: (calls: readonly Call[]) => Promise<readonly Answer[]>;
  /** Whether a run failed for what it was given, and not for what it asks: then each of its calls is made alone. */
  readonly isOfACall: (cause: unknown) => boolean;
}

/**
 * Calls that are made together when they come together: the first at once, and those that come during its run in one run behind it.
 * What waits while a run fails, fails with it, because it would fail in its turn, and later.
 */
export class BatchedCalls<Call, Answer> {
  private waiting: Waiting<Call, Answer>[] = [];
  private isRunning = false;

  constructor(private readonly options: BatchedCallsOptions<Call, Answer>) {}

  make(call: Call): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ call, resolve, reject });
      if (!this.isRunning) void this.runAll();
    });
  }

  private async runAll(): Promise<void> {
    this.isRunning = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, this.options.atMost);
      try {
        await this.run(batch);
      } catch (cause) {
        if (batch.length > 1 && this.options.isOfACall(cause)) await this.runEach(batch);
        else for (const { reject } of [...batch, ...this.takeWaiting(cause)]) reject(cause);
      }
    }
    this.isRunning = false;
  }

  private async run(batch: readonly Waiting<Call, Answer>[]): Promise<void> {
    const answers = await this.options.run(batch.map(({ call }) => call));
    if (answers.length !== batch.length) throw new Error('not as many answers as calls');
    answers.forEach((answer, place) => batch[place]?.resolve(answer));
  }

  /** One that fails again takes none of the others with it. */
  private async runEach(batch: readonly Waiting<Call, Answer>[]): Promise<void> {
    for (const one of batch) await this.run([one]).catch(one.reject);
  }

  private takeWaiting(cause: unknown): readonly Waiting<Call, Answer>[] {
    return this.options.isOfACall(cause) ? [] : this.waiting.splice(0);
  }
}
