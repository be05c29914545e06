import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONFIG, type Config } from '../../../../config/config.js';
import { drainTimeoutMs } from '../../../../config/policy/perimeter/http.js';
import { alertPolicy, eventKeeping } from '../../../../config/policy/operations/security-events.js';
import type { Transaction } from '../../../database/database.js';
import { Log } from '../../../observability/log.js';
import { SecurityEvents, type SecurityEvent } from '../../../observability/security-events.js';
import { addressKeyOf } from '../../../network/client-address.js';
import { Clock } from '../../../ports/clock.js';
import { Random } from '../../../ports/random.js';
import { AlertOutbox, type Alert } from './alert-outbox.js';
import { budgetOf, keyOf, type AlertData } from './alert-payload.js';
import { AlertReceivers, type AlertReceiverName } from './alert-receivers.js';
import { EventBuffer } from '../events/event-buffer.js';
import { AlertThrottle } from './alert-throttle.js';
import { Problem } from '../../../errors/problem.js';
import type { ClientContext } from '../../../network/client-context.js';
import { alertTested } from '../security.events.js';

export interface StoredTestAlert {
  readonly id: string;
  readonly receivers: readonly AlertReceiverName[];
}

/**
 * Creates alerts from HIGH and CRITICAL events, for their receivers and for endpoints of the service. Jobs send them; no request waits for
 * whoever receives them.
 */
@Injectable()
export class AlertService implements OnModuleInit {
  private readonly waiting = new EventBuffer<Alert>({
    capacity: alertPolicy.waiting,
    majorCapacity: alertPolicy.waiting,
    // No number of HIGH alerts drops a CRITICAL one.
    isMajor: ({ payload }) => payload.data.level === 'CRITICAL',
  });
  private readonly quiet = new AlertThrottle();
  private writing: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly events: SecurityEvents,
    private readonly receivers: AlertReceivers,
    private readonly outbox: AlertOutbox,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.events.listen((event) => {
      if (event.level === 'HIGH' || event.level === 'CRITICAL') this.onEvent(event);
    });
  }

  /**
   * A test alert at an administrator's request; stored for each of the returned receivers when this resolves. @throws Problem
   * `alerts_unconfigured`
   */
  async test(client: ClientContext): Promise<StoredTestAlert> {
    if (this.receivers.configured.length === 0) throw new Problem('alerts_unconfigured');
    const alert = this.alertOf(alertTested(this.events, client), 0);
    await this.outbox.add(alert);
    return { id: alert.id, receivers: this.receivers.names };
  }

  /** Stores a checkpoint of the audit log for the webhook; without one nothing. */
  async tellCheckpoint(tx: Transaction, note: string, at: Date): Promise<void> {
    const { environment, server } = this.config;
    await this.outbox.addCheckpoint(tx, this.random.timeOrderedUuid(), {
      type: 'audit.checkpoint',
      timestamp: at.toISOString(),
      data: { note, environment, service: server.publicUrl },
    });
  }

  /** Stores the waiting alerts; called at shutdown before the database closes. */
  async finish(): Promise<void> {
    const deadline = performance.now() + drainTimeoutMs;
    while (this.waiting.size > 0 && performance.now() < deadline) {
      await this.write();
      if (this.waiting.size > 0) await sleep(eventKeeping.retryMs / 2);
    }
    if (this.timer !== null) clearTimeout(this.timer);
    if (this.waiting.size > 0) this.log.error('alerts were not stored', { count: this.waiting.size });
  }

  private onEvent(event: SecurityEvent): void {
    const { level, sourceIp } = event;
    // What nobody caused from somewhere is told apart by what it is about.
    const who = sourceIp === undefined ? matterOf(event) : addressKeyOf(sourceIp);
    // A HIGH alert does not suppress a CRITICAL one.
    const subject =
      level === 'CRITICAL' ? `C ${who} ${event.userId ?? ''}` : `H ${event.event} ${who}${shareOf(event)}`;
    const suppressed = this.quiet.admit(subject, this.clock.monotonic(), level === 'CRITICAL');
    if (suppressed === null) return;
    this.waiting.push(this.alertOf(event, suppressed));
    void this.write();
  }

  private alertOf(event: SecurityEvent, suppressed: number): Alert {
    const now = new Date(this.clock.now()).toISOString();
    const data: AlertData = {
      event: event.event,
      level: event.level,
      text: event.text,
      source_ip: event.sourceIp ?? null,
      user_id: event.userId ?? null,
      request_id: event.requestId ?? null,
      method: event.method ?? null,
      route: event.route ?? null,
      response: event.response,
      attack: event.attack ?? null,
      budget: budgetOf(event),
      key: keyOf(event),
      suppressed,
      environment: this.config.environment,
      service: this.config.server.publicUrl,
    };
    return {
      id: this.random.timeOrderedUuid(),
      event,
      payload: { type: 'security.alert', timestamp: now, data },
    };
  }

  /** Stores all waiting alerts in order; retries later when the database is unavailable. */
  private write(): Promise<void> {
    this.writing ??= this.writeAll().finally(() => {
      this.writing = null;
    });
    return this.writing;
  }

  private async writeAll(): Promise<void> {
    for (let [alert] = this.waiting.peek(1); alert !== undefined; [alert] = this.waiting.peek(1)) {
      try {
        await this.outbox.add(alert);
      } catch (cause) {
        this.log.warn('an alert waits for the database', { cause });
        this.timer ??= setTimeout(() => {
          this.timer = null;
          void this.write();
        }, eventKeeping.retryMs * 4).unref();
        return;
      }
      this.waiting.remove([alert]);
    }
  }
}

/** Each share of each budget is a subject of its own, because it is told of once. */
/** What tells events without an address apart. */
const matterOf = (event: SecurityEvent): string => `${event.text} ${keyOf(event) ?? ''}`;

function shareOf(event: SecurityEvent): string {
  const budget = budgetOf(event);
  return budget === null ? '' : ` ${budget.name} ${budget.period} ${budget.share}`;
}
