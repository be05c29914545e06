import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Secret } from '../../../config/values/secret.js';
import { Notifications } from '../../ports/notifications.js';

const beatEveryMs = 500;
/** Milliseconds without our own heartbeat after which the connection is replaced. */
const silenceLimitMs = 2000;
const reconnectDelayMs = 250;

interface Subscription {
  readonly onMessage: (payload: string) => void;
  readonly onConnect: (() => void) | undefined;
}

/**
 * LISTEN on a dedicated connection. Every half second it sends itself a heartbeat through the database, so that a dead
 * connection is detected and not mistaken for one without notifications.
 */
export class PostgresNotifications extends Notifications {
  private readonly subscriptions = new Map<string, Set<Subscription>>();
  private readonly beatChannel = `velro_beat_${randomUUID().replaceAll('-', '')}`;
  private readonly closing = new AbortController();
  private client: pg.Client | null = null;
  private lastBeatAt = -Infinity;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly url: Secret,
    private readonly channels: readonly string[],
    private readonly onTrouble: (error: unknown) => void,
  ) {
    super();
    for (const channel of channels) this.subscriptions.set(channel, new Set());
  }

  /** Starts connecting; retries in the background while the database is unavailable. */
  open(): void {
    this.running = this.run();
  }

  subscribe(channel: string, onMessage: (payload: string) => void, onConnect?: () => void): () => void {
    const subscribers = this.subscriptions.get(channel);
    if (subscribers === undefined) throw new Error(`nobody listens to the channel ${channel}`);
    const subscription: Subscription = { onMessage, onConnect };
    subscribers.add(subscription);
    if (this.client !== null) onConnect?.();
    return () => {
      subscribers.delete(subscription);
    };
  }

  lastHeartbeat(): number {
    return this.lastBeatAt;
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.running;
  }

  /** A connection that we close ourselves is no error. */
  private report(error: unknown): void {
    if (!this.closing.signal.aborted) this.onTrouble(error);
  }

  private async run(): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      const client = new pg.Client({
        connectionString: this.url.reveal(),
        connectionTimeoutMillis: silenceLimitMs,
        query_timeout: silenceLimitMs,
        keepAlive: true,
        application_name: 'velro-listen',
      });
      try {
        await this.listen(client, signal);
      } catch (error) {
        this.report(error);
      } finally {
        this.client = null;
        await client.end().catch(() => undefined);
      }
      await sleep(reconnectDelayMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** Connects and sends heartbeats until the connection breaks, misses heartbeats or is aborted. */
  private async listen(client: pg.Client, signal: AbortSignal): Promise<void> {
    const broken: Error[] = [];
    client.on('error', (error) => broken.push(error));
    client.on('end', () => broken.push(new Error('the connection ended')));
    client.on('notification', ({ channel, payload = '' }) => {
      if (channel === this.beatChannel) this.lastBeatAt = performance.now();
      else for (const { onMessage } of this.subscriptions.get(channel) ?? []) onMessage(payload);
    });
    await client.connect();
    // First LISTEN, then let the subscribers load: a commit in between causes a notification.
    for (const channel of [this.beatChannel, ...this.channels])
      await client.query(`listen ${client.escapeIdentifier(channel)}`);
    this.client = client;
    for (const subscriptions of this.subscriptions.values())
      for (const { onConnect } of subscriptions) onConnect?.();
    const connectedAt = performance.now();
    while (!signal.aborted) {
      await client.query('select pg_notify($1, $2)', [this.beatChannel, '']);
      await sleep(beatEveryMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (broken[0] !== undefined) throw broken[0];
      if (performance.now() - Math.max(this.lastBeatAt, connectedAt) > silenceLimitMs)
        throw new Error('our own heartbeat does not come back');
    }
  }
}
