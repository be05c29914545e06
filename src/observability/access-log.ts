import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';
import { accessLogPolicy } from '../../config/policy/operations/observability/access-log.js';
import { Log } from './log.js';

const { bufferCharacters, flushEveryMs, detailsPerMinute } = accessLogPolicy;

/**
 * One line a request, at every LOG_LEVEL. On the path of every request, so lines are put together by hand, from texts that
 * need no escaping, and written many at a time.
 */
@Injectable()
export class AccessLog {
  private pending = '';
  /** The time of the latest line, as text: many requests end within one millisecond. */
  private time = { at: NaN, text: '' };
  private detailed = 0;
  private detailsSince = -Infinity;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly log: Log,
  ) {}

  get isOn(): boolean {
    return this.config.log.access;
  }

  /** `at`: milliseconds since the epoch. `fields`: the rest of a JSON object, without its braces. */
  write(at: number, fields: string): void {
    if (this.time.at !== at) this.time = { at, text: new Date(at).toISOString() };
    if (this.pending === '') setTimeout(this.flush, flushEveryMs).unref();
    this.pending += `{"level":"info","time":"${this.time.text}",${fields},"msg":"ACCESS"}\n`;
    if (this.pending.length > bufferCharacters) this.flush();
  }

  /** Whether one more line of this minute may be detailed. `now`: of the monotonic clock. */
  admitDetails(now: number): boolean {
    if (now - this.detailsSince >= 60_000) [this.detailsSince, this.detailed] = [now, 0];
    return this.detailed++ < detailsPerMinute;
  }

  readonly flush = (): void => {
    const text = this.pending;
    this.pending = '';
    if (text !== '') this.log.writeLines(text);
  };
}
