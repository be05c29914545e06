/** The channels of database notifications (LISTEN/NOTIFY); triggers in the migrations write to them. */
export const channels = {
  revocations: 'velro_revocations',
  generations: 'velro_generations',
  blocks: 'velro_blocks',
} as const;

/** Database notifications to every instance: delivered while connected, lost while not. */
export abstract class Notifications {
  /**
   * Calls `onMessage` for every notification on `channel`. `onConnect` runs after every (re)connection, once the
   * subscription is active: load then what may have been missed.
   */
  abstract subscribe(
    channel: string,
    onMessage: (payload: string) => void,
    onConnect?: () => void,
  ): () => void;
  /**
   * When this instance last received its own heartbeat through the database, in milliseconds of the monotonic clock.
   */
  abstract lastHeartbeat(): number;
}
