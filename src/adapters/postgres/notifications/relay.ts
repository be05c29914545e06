import { feedPolicy } from '../../../../config/policy/operations/feed.js';
import { announcedChannels } from '../../../ports/notifications.js';
import type { Announcement, AnnouncementRelay } from './announcer.js';

/** A relay that is passed over for a while after it has failed. */
export class Relay {
  /** Monotonic milliseconds. */
  private notBefore = -Infinity;
  private wasConnected = false;

  constructor(private readonly relay: AnnouncementRelay) {}

  /** `onMissed`: while it was not connected something may have been announced. */
  open(onNote: (note: Announcement) => void, onMissed: () => void): void {
    // Whatever may be published there: the other channels are the database's alone.
    this.relay.open(announcedChannels, onNote, () => {
      if (this.wasConnected) onMissed();
      this.wasConnected = true;
    });
  }

  /** False where they have to be told another way. */
  async takes(notes: readonly Announcement[]): Promise<boolean> {
    if (performance.now() < this.notBefore) return false;
    try {
      await this.relay.publish(notes);
      return true;
    } catch {
      // Its own connection says why.
      this.notBefore = performance.now() + feedPolicy.relayAgainMs;
      return false;
    }
  }

  close(): void {
    this.relay.close();
  }
}
