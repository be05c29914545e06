import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { feedPolicy } from '../../../../config/policy/operations/feed.js';
import type { Secret } from '../../../../config/values/secret.js';
import { Notifications, type Announcements } from '../../../ports/notifications.js';
import { PauseWatch } from '../../../tasks/pause-watch.js';
import { Announcer, type Announcement } from './announcer.js';
import { Heartbeat } from './heartbeat.js';
import { NoteCoalescer } from './note-coalescer.js';
import { within } from '../../../tasks/within.js';

const { beatEveryMs, silenceLimitMs, pauseMs, afterPauseMs, announceLastMs } = feedPolicy;
const reconnectDelayMs = 250;
const noAnswer = 'the database does not answer';

interface Subscription {
  readonly notes: NoteCoalescer;
  readonly onConnect: (() => void) | undefined;
}

/**
 * LISTEN on a dedicated connection. Every half second it sends itself a heartbeat through the database, so that a dead
 * connection is detected and not mistaken for one without notifications. What this instance announces goes out on it as well.
 */
export class PostgresNotifications extends Notifications implements Announcements {
  private readonly subscriptions = new Map<string, Set<Subscription>>();
  private readonly beatChannel = `velro_beat_${randomUUID().replaceAll('-', '')}`;
  private readonly closing = new AbortController();
  private readonly heartbeat = new Heartbeat();
  private readonly pauses = new PauseWatch(pauseMs);
  private readonly announcer = new Announcer((announcements) => this.send(announcements));
  private client: pg.Client | null = null;
  private proving: Promise<void> | null = null;
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
    const subscription: Subscription = { notes: new NoteCoalescer(onMessage), onConnect };
    subscribers.add(subscription);
    if (this.client !== null) onConnect?.();
    return () => {
      subscribers.delete(subscription);
    };
  }

  announce(channel: string, payload: string): void {
    this.announcer.add({ channel, payload });
  }

  lastHeartbeat(): number {
    return this.heartbeat.provenAt;
  }

  override afterPause(): Promise<void> | null {
    const since = performance.now() - this.pauses.endOfPause();
    if (this.client === null || since > afterPauseMs) return null;
    this.proving ??= this.prove(this.client).finally(() => {
      this.proving = null;
    });
    return this.proving;
  }

  async close(): Promise<void> {
    await within(this.announcer.flush(), announceLastMs, noAnswer).catch(() => undefined);
    this.closing.abort();
    this.pauses.stop();
    await this.running;
  }

  /** A heartbeat of its own, because the latest one was sent before the pause and proves nothing about it. */
  private async prove(client: pg.Client): Promise<void> {
    const proven = this.heartbeat.provenSince(performance.now());
    this.beat(client).catch(() => undefined);
    await within(proven, afterPauseMs, noAnswer).catch(() => undefined);
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
      if (channel === this.beatChannel) this.heartbeat.heard(payload);
      else for (const { notes } of this.subscriptions.get(channel) ?? []) notes.add(payload);
    });
    await client.connect();
    // First LISTEN, then let the subscribers load: a commit in between causes a notification.
    const listens = [this.beatChannel, ...this.channels].map(
      (name) => `listen ${client.escapeIdentifier(name)}`,
    );
    await within(client.query(listens.join(';')), silenceLimitMs, noAnswer);
    this.client = client;
    for (const subscriptions of this.subscriptions.values())
      for (const { onConnect } of subscriptions) onConnect?.();
    void this.announcer.flush();
    const connectedAt = performance.now();
    while (!signal.aborted) {
      this.beat(client).catch((error: unknown) => broken.push(error as Error));
      await sleep(beatEveryMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (broken[0] !== undefined) throw broken[0];
      // While this process stands still nobody can hear anything: silence is counted from the end of the pause.
      const heardAt = Math.max(this.lastHeartbeat(), connectedAt, this.pauses.endOfPause());
      if (performance.now() - heardAt > silenceLimitMs)
        throw new Error('our own heartbeat does not come back');
    }
  }

  /** One transaction. Without a deadline of its own: where the connection is dead, the heartbeat finds it out and ends both. */
  private async send(announcements: readonly Announcement[]): Promise<void> {
    if (this.client === null) throw new Error('there is no connection to the database');
    await this.client.query(
      'select pg_notify(channel, payload) from unnest($1::text[], $2::text[]) as told (channel, payload)',
      [announcements.map(({ channel }) => channel), announcements.map(({ payload }) => payload)],
    );
  }

  /** Without a deadline of its own: the heartbeat that does not come back is the deadline, and counts no pause of ours. */
  private async beat(client: pg.Client): Promise<void> {
    await client.query('select pg_notify($1, $2)', [this.beatChannel, this.heartbeat.send()]);
  }
}
