/** What a start is made of, in milliseconds, for `VELRO_TRACE_START=true`. */
export class StartTrace {
  private readonly spans: { readonly what: string; readonly from: number; readonly to: number }[] = [];

  /** `from` and `to`: milliseconds since the process began, as `performance.now()`. */
  add(what: string, from: number, to = performance.now()): void {
    this.spans.push({ what, from, to });
  }

  async span<T>(what: string, work: () => Promise<T>): Promise<T> {
    const from = performance.now();
    try {
      return await work();
    } finally {
      this.add(what, from);
    }
  }

  /** One line each in the order of their beginnings: when it began, how long it took. Those that overlap went on side by side. */
  report(): string {
    const { user, system } = process.cpuUsage();
    const lines = this.spans
      .toSorted((a, b) => a.from - b.from)
      .map(({ what, from, to }) => `${digits(from)} ${digits(to - from)}  ${what}`);
    const whole = Math.round(Math.max(...this.spans.map(({ to }) => to)));
    return [
      `start: listening after ${whole} ms, ${Math.round((user + system) / 1000)} ms of processor time in this process`,
      '  from   took',
      ...lines,
      '',
    ].join('\n');
  }
}

const digits = (ms: number): string => Math.round(ms).toString().padStart(6);
