import { eventThrottlePolicy } from '../../config/policy/operations/security-events.js';
import { addressKeyOf } from '../network/client-address.js';

/** What of an event decides whether it equals another one. */
export interface ThrottledEvent {
  readonly event: string;
  readonly level: string;
  readonly text: string;
  readonly sourceIp?: string;
  readonly userId?: string;
  readonly account?: string;
  readonly details?: Readonly<Record<string, string | number>>;
}

/** An event, and how many equal ones it stands for besides itself. */
type Admitted<T> = T & { readonly suppressed?: number };

const { quietMs, perSubject, perMinute, held } = eventThrottlePolicy;

/** Acts of administrators, owners and the service itself: each is evidence of its own, and limited where it is asked for. */
const alwaysWritten: ReadonlySet<string> = new Set([
  'authz_admin',
  'authz_change',
  'authn_password_change',
  'authn_token_created',
  'authn_token_revoked',
  'user_created',
  'user_updated',
  'sys_monitor_disabled',
  'sys_monitor_enabled',
  'sys_startup',
  'sys_shutdown',
]);

/** Details that measure: they do not make an event another one. */
const measures: ReadonlySet<string> = new Set(['retry_after_s', 'score', 'signals']);

interface Entry<T> {
  /** The latest one. */
  event: T;
  /** Milliseconds of the monotonic clock. */
  since: number;
  suppressed: number;
}

/** Events of one severity: what is written of them is bounded for each subject and for all. */
class Lane<T extends ThrottledEvent> {
  /** The longest ago first. */
  private readonly entries = new Map<string, Entry<T>>();
  private readonly subjects = new Map<string, number>();
  private windowSince = -Infinity;
  private written = 0;
  /** Not written, and of no entry. */
  beyond = 0;
  /** Entries with suppressed events. */
  pending = 0;

  admit(event: T, now: number): Admitted<T> | null {
    this.beginWindow(now);
    const subject = subjectOf(event);
    const known = keyOf(event, subject);
    const key = this.entries.has(known) || this.hasRoom(subject) ? known : `${event.event} ${subject}`;
    const entry = this.entries.get(key);
    if (entry !== undefined && now - entry.since < quietMs) {
      if (entry.suppressed++ === 0) this.pending++;
      entry.event = event;
      return null;
    }
    if (this.written >= perMinute) {
      this.beyond++;
      return null;
    }
    if (entry !== undefined && entry.suppressed > 0) this.pending--;
    if (entry === undefined) this.subjects.set(subject, (this.subjects.get(subject) ?? 0) + 1);
    return this.begin(key, event, entry?.suppressed ?? 0, now);
  }

  /** The latest events of the minutes that have ended, each with those it stands for. */
  *due(now: number): Iterable<Admitted<T>> {
    for (const [key, { event, since, suppressed }] of this.entries) {
      if (now - since < quietMs) return;
      if (suppressed === 0) this.entries.delete(key);
      else {
        this.pending--;
        yield this.begin(key, event, suppressed - 1, now);
      }
    }
  }

  private begin(key: string, event: T, suppressed: number, now: number): Admitted<T> {
    const former = this.entries.get(key);
    if (former === undefined) this.makeRoom();
    this.entries.delete(key);
    this.entries.set(key, { event, since: now, suppressed: 0 });
    this.written++;
    return suppressed === 0 ? event : { ...event, suppressed };
  }

  private makeRoom(): void {
    if (this.entries.size < held) return;
    const [oldest] = this.entries;
    if (oldest === undefined) return;
    const [key, { suppressed }] = oldest;
    this.entries.delete(key);
    this.beyond += suppressed;
    if (suppressed > 0) this.pending--;
  }

  private hasRoom(subject: string): boolean {
    return subject === '' || (this.subjects.get(subject) ?? 0) < perSubject;
  }

  private beginWindow(now: number): void {
    if (now - this.windowSince < quietMs) return;
    this.windowSince = now;
    this.written = 0;
    this.subjects.clear();
  }
}

/**
 * Bounds what is written of security events, so that nobody can buy dropped evidence with cheap requests: the first of equal
 * events of one subject is written at once, and then one a minute with the number suppressed between. HIGH and CRITICAL
 * events have their own bounds, which no number of lower ones uses up.
 */
export class EventThrottle<T extends ThrottledEvent> {
  private readonly minor = new Lane<T>();
  private readonly major = new Lane<T>();

  /** The event to write, with those that it stands for; null when it is suppressed. `now`: of the monotonic clock. */
  admit(event: T, now: number): Admitted<T> | null {
    if (alwaysWritten.has(event.event)) return event;
    const isMajor = event.level === 'HIGH' || event.level === 'CRITICAL';
    return (isMajor ? this.major : this.minor).admit(event, now);
  }

  get isSuppressing(): boolean {
    return [this.minor, this.major].some(({ pending, beyond }) => pending > 0 || beyond > 0);
  }

  /** What is to be written of the minutes that have ended. */
  due(now: number): Admitted<T>[] {
    return [...this.major.due(now), ...this.minor.due(now)];
  }

  /** As `due`, of every minute. */
  flush(): Admitted<T>[] {
    return this.due(Infinity);
  }

  /** The number that was suppressed and belongs to no line; counted from zero again. */
  takeBeyond(): number {
    const beyond = this.minor.beyond + this.major.beyond;
    this.minor.beyond = this.major.beyond = 0;
    return beyond;
  }
}

/** The address that is the cause, or the user; empty for events of the service itself. */
function subjectOf({ sourceIp, userId }: ThrottledEvent): string {
  return sourceIp === undefined ? (userId ?? '') : addressKeyOf(sourceIp);
}

function keyOf(
  { event, text, level, userId = '', account = '', details = {} }: ThrottledEvent,
  subject: string,
): string {
  let key = `${event} ${level} ${subject} ${userId} ${account} ${text}`;
  for (const name in details) if (!measures.has(name)) key += ` ${String(details[name])}`;
  return key;
}
