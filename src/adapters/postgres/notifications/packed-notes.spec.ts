import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { feedPolicy } from '../../../../config/policy/operations/feed.js';
import { anything } from '../../../ports/notifications.js';
import { packed, unpacked } from './packed-notes.js';

const { packedNotes } = feedPolicy;
const ids = (count: number): string[] => Array.from({ length: count }, () => randomUUID());
const on = (channel: string, payloads: readonly string[]) =>
  payloads.map((payload) => ({ channel, payload }));

describe('announcements that go together', () => {
  it.each([1, 2, packedNotes, packedNotes + 1, 1000])('come out as they went in: %d ids', (count) => {
    const sent = ids(count);
    const notes = packed(on('a', sent));
    expect(notes.flatMap(({ payload }) => unpacked(payload))).toEqual(sent);
    expect(notes).toHaveLength(Math.ceil(count / packedNotes));
  });

  it('are notifications of their channels', () => {
    const [one, other] = [ids(3), ids(2)];
    expect(packed([...on('a', one), ...on('b', other)])).toEqual([
      { channel: 'a', payload: one.join(' ') },
      { channel: 'b', payload: other.join(' ') },
    ]);
  });

  it('are as long as PostgreSQL takes at most', () => {
    const notes = packed(
      on(
        'a',
        Array.from({ length: 300 }, () => 'x'.repeat(200)),
      ),
    );
    expect(notes.length).toBeGreaterThan(1);
    for (const { payload } of notes) expect(payload.length).toBeLessThan(8000);
    expect(notes.flatMap(({ payload }) => unpacked(payload))).toHaveLength(300);
  });

  it('are none of none, and one that names nothing where it is one', () => {
    expect(packed([])).toEqual([]);
    expect(packed(on('a', [anything])).map(({ payload }) => unpacked(payload))).toEqual([[anything]]);
  });

  it('say that anything may have changed where somebody else sent more than go together', () => {
    expect(unpacked(' '.repeat(7999))).toEqual([anything]);
    expect(unpacked(ids(packedNotes + 1).join(' '))).toEqual([anything]);
  });
});
