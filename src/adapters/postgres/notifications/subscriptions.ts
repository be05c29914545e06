import { announcedChannels } from '../../../ports/notifications.js';
import { NoteCoalescer } from './note-coalescer.js';
import { unpacked } from './packed-notes.js';

interface Subscription {
  readonly notes: NoteCoalescer;
  readonly onConnect: (() => void) | undefined;
}

/** Who is told of what, by channel. */
export class Subscriptions {
  private readonly byChannel = new Map<string, Set<Subscription>>();

  constructor(channels: readonly string[]) {
    for (const channel of channels) this.byChannel.set(channel, new Set());
  }

  /** Returns how to end it. @throws Error for a channel that nobody listens to */
  add(channel: string, onMessage: (payload: string) => void, onConnect?: () => void): () => void {
    const subscribers = this.byChannel.get(channel);
    if (subscribers === undefined) throw new Error(`nobody listens to the channel ${channel}`);
    const subscription: Subscription = { notes: new NoteCoalescer(onMessage), onConnect };
    subscribers.add(subscription);
    return () => {
      subscribers.delete(subscription);
    };
  }

  deliver(channel: string, payload: string): void {
    const payloads = announcedChannels.has(channel) ? unpacked(payload) : [payload];
    for (const { notes } of this.byChannel.get(channel) ?? []) for (const one of payloads) notes.add(one);
  }

  /** From now on it is told of what happens, and of nothing that was before. */
  connected(channels: Iterable<string> = this.byChannel.keys()): void {
    for (const channel of channels)
      for (const { onConnect } of this.byChannel.get(channel) ?? []) onConnect?.();
  }
}
