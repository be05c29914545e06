/**
 * The channels of database notifications (LISTEN/NOTIFY). Triggers in the migrations write to them, but for `generations`
 * and `work`, which are announced once they are committed (`Announcements`).
 */
export const channels = {
  revocations: 'velro_revocations',
  generations: 'velro_generations',
  blocks: 'velro_blocks',
  aiSwitch: 'velro_ai_switch',
  webhooks: 'velro_webhooks',
  work: 'velro_work',
} as const;

/** Those that are announced once they are committed, several in one notification: their texts have no blank in them. */
const announced = [channels.generations, channels.work] as const;
export type AnnouncedChannel = (typeof announced)[number];
export const announcedChannels: ReadonlySet<string> = new Set(announced);

/**
 * Database notifications to every instance: delivered while connected, lost while not. Any role of the database may send
 * any text on any channel: a notification is a hint to read the table, and its text is never believed.
 */
export abstract class Notifications {
  /**
   * Calls `onMessage` for notifications on `channel`; equal ones in close succession are one. `onConnect` runs after every (re)connection, once the
   * subscription is active: load then what may have been missed.
   */
  abstract subscribe(
    channel: string,
    onMessage: (payload: string) => void,
    onConnect?: () => void,
  ): () => void;
  /**
   * When the latest heartbeat was sent that came through the database, from whichever instance, in milliseconds of the monotonic clock of this
   * one: what was committed before has been announced here.
   */
  abstract lastHeartbeat(): number;

  /**
   * Null when a silent feed is the database's. Where this process itself stood still, resolves once what waited on the
   * connection has been read, or has not come in time: ask `lastHeartbeat` again then.
   */
  afterPause(): Promise<void> | null {
    return null;
  }
}

/** The payload of a channel on which more changed than is told one by one: whoever waits for anything looks. */
export const anything = '';

/**
 * Tells every instance, this one included, of what was committed here. Outside the transaction, because NOTIFY makes commits wait for
 * each other; together with what else is told in the same moment. It is lost where the process dies in between: a hint, as every
 * notification is, and whoever waits for it looks again within seconds.
 */
export abstract class Announcements {
  /** Never waits, and never fails. `payload`: without a blank, at most 200 characters. */
  abstract announce(channel: AnnouncedChannel, payload: string): void;
}
