import { slowStatementSeconds, statementSeconds } from '../../config/policy/operations/metrics.js';
import { Durations } from './durations.js';

const kinds = ['select', 'insert', 'update', 'delete', 'with', 'other'] as const;

/** The first word of a statement; `other` for what is none of these. */
export function kindOf(text: string): (typeof kinds)[number] {
  const [, word = ''] = /^\s*([a-z]+)/i.exec(text) ?? [];
  return kinds.find((kind) => kind === word.toLowerCase()) ?? 'other';
}

/** Durations of the statements that the pool of the database ran, by their first word: nothing else of a text is kept. */
export class StatementTimes {
  /** One series for each kind. */
  readonly series: readonly Durations[] = kinds.map(
    (statement) => new Durations({ statement }, statementSeconds),
  );

  /** `text`: of the statement. `traceId`: in which it ran. */
  observe(text: string, seconds: number, traceId?: string): void {
    this.series[kinds.indexOf(kindOf(text))]?.observe(seconds, traceId);
  }

  /** How many took longer than `slowStatementSeconds`. */
  get slow(): number {
    const from = statementSeconds.indexOf(slowStatementSeconds) + 1;
    return this.series
      .flatMap(({ counts }) => [...counts.subarray(from)])
      .reduce((sum, count) => sum + count, 0);
  }
}
