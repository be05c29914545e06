// What a load scenario is: something that keeps a service busy, while other people use it.
import type { Service } from '../bench/support/service.ts';

/** What a scenario did until it was stopped. */
export interface Done {
  /** For the report: how much was sent, and what came back. */
  readonly text: string;
  /** Sentences of what should not have happened; none when all went as it must. */
  readonly faults: readonly string[];
}

export interface Scenario {
  readonly name: string;
  /** Ends the sentence "while …". */
  readonly while: string;
  /** The p99 of bystanders may grow to this many times of the p99 on the quiet service. */
  readonly timesAtMost: number;
  /** Begins to load the service. The function that it returns ends it. */
  begin(service: Service): Promise<() => Promise<Done>>;
}

/** Repeats `once` on `lanes` lanes until the returned function is called, which waits for those under way. */
export function repeat(
  lanes: number,
  once: (lane: number, at: number) => Promise<void>,
): () => Promise<void> {
  const ending = new AbortController();
  const running = Array.from({ length: lanes }, async (_, lane) => {
    for (let at = 0; !ending.signal.aborted; at++) await once(lane, at);
  });
  // Looked at when it is ended; until then a lane that failed is no unhandled rejection.
  const all = Promise.all(running);
  all.catch(() => undefined);
  return async () => {
    ending.abort();
    await all;
  };
}

/** Counts answers by their status. */
export class Statuses {
  private readonly counts = new Map<number, number>();

  add(status: number): void {
    this.counts.set(status, (this.counts.get(status) ?? 0) + 1);
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  of(...statuses: readonly number[]): number {
    return statuses.reduce((sum, status) => sum + (this.counts.get(status) ?? 0), 0);
  }

  toString(): string {
    const parts = [...this.counts].sort(([one], [other]) => one - other);
    return parts.map(([status, count]) => `${status} × ${count}`).join(', ');
  }

  /** A fault for each status that none of `allowed` is, and one when none of `needed` came. */
  faults(allowed: readonly number[], needed: readonly number[] = allowed): string[] {
    return [
      ...[...this.counts]
        .filter(([status]) => !allowed.includes(status))
        .map(([status, count]) => `${count} answers ${status}`),
      ...(this.of(...needed) === 0 ? [`no answer ${needed.join(' or ')}`] : []),
    ];
  }
}
