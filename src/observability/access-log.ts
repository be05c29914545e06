import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';
import { accessLogPolicy } from '../../config/policy/operations/access-log.js';
import { Log } from './log.js';

/** What an access line says: no query, no path, no text of the client. */
export interface AccessLine {
  readonly requestId: string;
  readonly traceId: string;
  readonly method: string;
  /** The route's template. */
  readonly route: string;
  readonly status: number;
  /** Milliseconds from the first byte of the request to the last of its answer. */
  readonly ms: number;
}

/**
 * One line a request, at every LOG_LEVEL. On the path of every request, so it is put together by hand, from texts that need
 * no escaping, and all lines of one turn of the event loop are written at once.
 */
@Injectable()
export class AccessLog {
  private pending = '';
  /** JSON of the routes, which are few. */
  private readonly routes = new Map<string, string>();
  private detailed = 0;
  private detailsSince = -Infinity;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly log: Log,
  ) {}

  get isOn(): boolean {
    return this.config.log.access;
  }

  /** `time`: milliseconds since the epoch. `details`: JSON of further fields that ends with a comma, or empty. */
  write(line: AccessLine, time: number, details = ''): void {
    const { requestId, traceId, method, route, status, ms } = line;
    if (this.pending === '') setImmediate(this.flush);
    this.pending +=
      `{"level":"info","time":"${new Date(time).toISOString()}","request_id":"${requestId}","trace_id":"${traceId}",` +
      `"method":"${method}","route":${this.jsonOf(route)},"status":${status},"ms":${Math.round(ms * 10) / 10},` +
      `${details}"msg":"ACCESS"}\n`;
    if (this.pending.length > accessLogPolicy.bufferCharacters) this.flush();
  }

  /** Whether one more line of this minute may be detailed. `now`: of the monotonic clock. */
  admitDetails(now: number): boolean {
    if (now - this.detailsSince >= 60_000) [this.detailsSince, this.detailed] = [now, 0];
    return this.detailed++ < accessLogPolicy.detailsPerMinute;
  }

  readonly flush = (): void => {
    const text = this.pending;
    this.pending = '';
    if (text !== '') this.log.writeLines(text);
  };

  private jsonOf(route: string): string {
    let json = this.routes.get(route);
    if (json === undefined) this.routes.set(route, (json = JSON.stringify(route)));
    return json;
  }
}
