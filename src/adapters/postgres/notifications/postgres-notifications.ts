import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { RotatingKey } from '../../../../config/config.js';
import { feedPolicy } from '../../../../config/policy/operations/feed.js';
import type { Secret } from '../../../../config/values/secret.js';
import {
  Notifications,
  announcedChannels,
  type AnnouncedChannel,
  type Announcements,
} from '../../../ports/notifications.js';
import { PauseWatch } from '../../../tasks/pause-watch.js';
import { Announcer, type Announcement, type AnnouncementRelay } from './announcer.js';
import { Heartbeat } from './heartbeat.js';
import { packed } from './packed-notes.js';
import { Relay } from './relay.js';
import { Subscriptions } from './subscriptions.js';
import { within } from '../../../tasks/within.js';

const { beatEveryMs, reconnectJitterMs, silenceLimitMs, pauseMs, afterPauseMs, announceLastMs } = feedPolicy;
const reconnectDelayMs = 250;
const noAnswer = 'the database does not answer';
const beatChannel = 'velro_beat';

/**
 * LISTEN on a dedicated connection. A heartbeat comes through the database every half second, from whichever instance, so that a dead
 * connection is detected and not mistaken for one without notifications. What this instance announces goes out on it as well, where no
 * relay takes it.
 */
export class PostgresNotifications extends Notifications implements Announcements {
  private readonly subscriptions: Subscriptions;
  private readonly closing = new AbortController();
  private readonly heartbeat: Heartbeat;
  private readonly pauses = new PauseWatch(pauseMs);
  private readonly announcer = new Announcer((announcements) => this.send(announcements));
  private readonly relay: Relay | null;
  private client: pg.Client | null = null;
  private proving: Promise<void> | null = null;
  private wasConnected = false;
  private beating: Promise<void> | null = null;
  /** Until the latest statement on the connection has its answer. */
  private turn: Promise<unknown> = Promise.resolve();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly url: Secret,
    private readonly channels: readonly string[],
    private readonly onTrouble: (error: unknown) => void,
    /** Of which the key of the heartbeats is derived; the same on every instance. */
    beatSecret: RotatingKey,
    relay: AnnouncementRelay | null = null,
  ) {
    super();
    this.relay = relay === null ? null : new Relay(relay);
    this.heartbeat = new Heartbeat(beatSecret);
    this.subscriptions = new Subscriptions(channels);
  }

  /** Starts connecting; retries in the background while the database is unavailable. */
  open(): void {
    this.relay?.open(
      ({ channel, payload }) => {
        this.subscriptions.deliver(channel, payload);
      },
      () => {
        this.subscriptions.connected(announcedChannels);
      },
    );
    this.running = this.run();
  }

  subscribe(channel: string, onMessage: (payload: string) => void, onConnect?: () => void): () => void {
    const end = this.subscriptions.add(channel, onMessage, onConnect);
    if (this.client !== null) onConnect?.();
    return end;
  }

  announce(channel: AnnouncedChannel, payload: string): void {
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
    this.relay?.close();
    this.pauses.stop();
    await this.running;
  }

  /** A heartbeat of its own, because the latest one was sent before the pause and proves nothing about it. */
  private async prove(client: pg.Client): Promise<void> {
    const proven = this.heartbeat.provenSince(performance.now());
    // One that is under way was sent before.
    const before = this.beating ?? Promise.resolve();
    void before.then(() => this.beat(client)).catch(() => undefined);
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
        this.beating = null;
        await client.end().catch(() => undefined);
      }
      await sleep(reconnectDelayMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** Connects and sends heartbeats until the connection breaks, misses heartbeats or is aborted. */
  private async listen(client: pg.Client, signal: AbortSignal): Promise<void> {
    this.turn = Promise.resolve();
    const broken: Error[] = [];
    const isBroken = (error: unknown): void => void broken.push(error as Error);
    let isComparing = false;
    const compareClocks = (): void => {
      if (isComparing) return;
      isComparing = true;
      void this.askTime(client)
        .catch(isBroken)
        .finally(() => (isComparing = false));
    };
    client.on('error', isBroken);
    client.on('end', () => broken.push(new Error('the connection ended')));
    client.on('notification', ({ channel, payload = '' }) => {
      if (channel === beatChannel) {
        // It proves what was announced since, and nothing to a replica that was not told yet of what may have been missed before.
        if (this.client !== client) return;
        this.heartbeat.heard(payload, this.pauses.endOfPause());
        if (this.heartbeat.isClockOld()) compareClocks();
      } else this.subscriptions.deliver(channel, payload);
    });
    await client.connect();
    // First LISTEN, then let the subscribers load: a commit in between causes a notification.
    const listens = [beatChannel, ...this.channels].map((name) => `listen ${client.escapeIdentifier(name)}`);
    await within(client.query(listens.join(';')), silenceLimitMs, noAnswer);
    await within(this.askTime(client), silenceLimitMs, noAnswer);
    this.client = client;
    this.subscriptions.connected();
    void this.announcer.flush();
    const connectedAt = performance.now();
    // At a start nobody is to be heard yet; after a cut all instances come back together.
    this.heartbeat.postpone(
      this.wasConnected ? connectedAt + Math.random() * reconnectJitterMs : connectedAt,
    );
    this.wasConnected = true;
    while (!signal.aborted) {
      const now = performance.now();
      const isDue = now >= this.heartbeat.dueAt;
      if (isDue) this.beat(client).catch(isBroken);
      else if (this.heartbeat.isClockOld(now)) compareClocks();
      const waitMs = isDue ? beatEveryMs : Math.max(1, this.heartbeat.dueAt - now);
      await sleep(Math.min(beatEveryMs, waitMs), undefined, { signal, ref: false }).catch(() => undefined);
      if (broken[0] !== undefined) throw broken[0];
      // While this process stands still nobody can hear anything: silence is counted from the end of the pause.
      const heardAt = Math.max(this.lastHeartbeat(), connectedAt, this.pauses.endOfPause());
      if (performance.now() - heardAt > silenceLimitMs)
        throw new Error('no heartbeat comes through the database');
    }
  }

  /** One transaction. Without a deadline of its own: where the connection is dead, the heartbeat finds it out and ends both. */
  private async send(announcements: readonly Announcement[]): Promise<void> {
    const notes = packed(announcements);
    if ((await this.relay?.takes(notes)) === true) return;
    const { client } = this;
    if (client === null) throw new Error('there is no connection to the database');
    await this.inTurn(() =>
      client.query(
        'select pg_notify(channel, payload) from unnest($1::text[], $2::text[]) as told (channel, payload)',
        [notes.map(({ channel }) => channel), notes.map(({ payload }) => payload)],
      ),
    );
  }

  /** The driver takes one statement of a connection at a time. */
  private inTurn<T>(ask: () => Promise<T>): Promise<T> {
    const asked = this.turn.then(ask);
    this.turn = asked.catch(() => undefined);
    return asked;
  }

  /**
   * One at a time: they would wait for each other on a connection that is slow, and come back ever later. Without a deadline of its own: the
   * heartbeat that does not come back is the deadline, and counts no pause of ours.
   */
  private beat(client: pg.Client): Promise<void> {
    if (this.beating !== null) return this.beating;
    const beating = this.sendBeat(client).finally(() => {
      if (this.beating === beating) this.beating = null;
    });
    this.beating = beating;
    return beating;
  }

  private async sendBeat(client: pg.Client): Promise<void> {
    this.heartbeat.postpone(performance.now() + beatEveryMs);
    await this.inTurn(() => client.query('select pg_notify($1, $2)', [beatChannel, this.heartbeat.text()]));
  }

  /** Compares the database's clock with ours. */
  private async askTime(client: pg.Client): Promise<void> {
    await this.inTurn(async () => {
      const askedAt = performance.now();
      const { rows } = await client.query<{ time: string }>(
        'select (extract(epoch from clock_timestamp()) * 1000000)::bigint::text as time',
      );
      this.heartbeat.readClock(Number(rows[0]?.time), askedAt, performance.now());
    });
  }
}
