import { feedPolicy } from '../../../../config/policy/operations/feed.js';
import { anything } from '../../../ports/notifications.js';
import type { Announcement } from './announcer.js';

const { packedNotes, packedCharacters } = feedPolicy;
const between = ' ';

/**
 * Announcements of one channel as few notifications: each wakes every instance, and is a message on its connection. Texts have no blank in them, and
 * one notification of PostgreSQL less than 8000 bytes.
 */
export function packed(announcements: readonly Announcement[]): Announcement[] {
  const open = new Map<string, string[]>();
  const notes: Announcement[] = [];
  const close = (channel: string, payloads: readonly string[]): void => {
    notes.push({ channel, payload: payloads.join(between) });
  };
  for (const { channel, payload } of announcements) {
    const payloads = open.get(channel) ?? [];
    const characters = payloads.reduce((sum, one) => sum + one.length + 1, payload.length);
    const isFull = payloads.length >= packedNotes || characters > packedCharacters;
    if (isFull) close(channel, payloads);
    open.set(channel, isFull ? [payload] : [...payloads, payload]);
  }
  for (const [channel, payloads] of open) close(channel, payloads);
  return notes;
}

/** What was packed; of more than this code packs, that anything may have changed: any role of the database may send any text. */
export function unpacked(payload: string): readonly string[] {
  const payloads = payload.split(between, packedNotes + 1);
  return payloads.length > packedNotes ? [anything] : payloads;
}
