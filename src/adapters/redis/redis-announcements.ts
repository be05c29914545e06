import { feedPolicy } from '../../../config/policy/operations/feed.js';
import type { Redis } from 'ioredis';
import type { Secret } from '../../../config/values/secret.js';
import type { Announcement, AnnouncementRelay } from '../postgres/notifications/announcer.js';
import { connectionOptions } from './connection-options.js';
import { redisClient } from './redis-client.js';

const { relayWithinMs, relayPingMs } = feedPolicy;
const prefix = 'velro:told:';

/**
 * Announcements over Redis pub/sub. Whoever is connected hears them, in the order of one publisher, at most once. Rejects at once where this
 * instance itself would not hear them, and after `relayWithinMs` without an answer; reconnects in the background.
 */
export class RedisAnnouncements implements AnnouncementRelay {
  private readonly publisher: Redis;
  private readonly subscriber: Redis;
  private hears = false;
  private pinging: NodeJS.Timeout | null = null;

  constructor(
    url: Secret,
    private readonly onTrouble: (error: unknown) => void,
  ) {
    const options = { ...connectionOptions(url), commandTimeout: relayWithinMs, autoResubscribe: false };
    this.publisher = redisClient(options);
    this.subscriber = redisClient(options);
    for (const redis of [this.publisher, this.subscriber]) redis.on('error', onTrouble);
  }

  open(channels: Iterable<string>, onNote: (note: Announcement) => void, onConnect: () => void): void {
    const names = [...channels].map((channel) => prefix + channel);
    this.subscriber.on('message', (name: string, payload: string) => {
      onNote({ channel: name.slice(prefix.length), payload });
    });
    this.subscriber.on('close', () => {
      this.hears = false;
    });
    this.subscriber.on('ready', () => {
      this.subscriber.subscribe(...names).then(() => {
        this.hears = true;
        onConnect();
      }, this.onTrouble);
    });
    // A connection that is dead on the other side says nothing, as one does on which nothing is told.
    this.pinging = setInterval(() => {
      if (this.hears) this.subscriber.ping().catch(this.onTrouble);
    }, relayPingMs).unref();
    for (const redis of [this.publisher, this.subscriber]) redis.connect().catch(() => undefined);
  }

  async publish(notes: readonly Announcement[]): Promise<void> {
    if (!this.hears) throw new Error('Redis does not tell this instance anything');
    await Promise.all(notes.map(({ channel, payload }) => this.publisher.publish(prefix + channel, payload)));
  }

  close(): void {
    if (this.pinging !== null) clearInterval(this.pinging);
    this.publisher.disconnect();
    this.subscriber.disconnect();
  }
}
