/** The channels on which the database announces changes; the triggers of the migrations write to them. */
export const channels = {
  revocations: 'velro_revocations',
  generations: 'velro_generations',
  blocks: 'velro_blocks',
} as const;

/** What the database announces to every instance: at least once while connected, nothing while not. */
export abstract class Notifications {
  /**
   * Calls `onMessage` for every announcement on `channel`. `onConnect` runs after every (re)connection, when
   * announcements flow again and before the first is delivered is not known: load what may have been missed then.
   */
  abstract subscribe(
    channel: string,
    onMessage: (payload: string) => void,
    onConnect?: () => void,
  ): () => void;
  /** When this instance last heard its own heartbeat through the database, in milliseconds of the monotonic clock. */
  abstract lastHeartbeat(): number;
}
