import { describe, expect, it } from '@jest/globals';
import { until } from '../../../../test/support/process/wait-until.js';
import { feedPolicy } from '../../../../config/policy/operations/feed.js';
import { NoteCoalescer } from './note-coalescer.js';

describe('notifications in close succession', () => {
  it('are delivered at once, and equal ones that follow together once more', async () => {
    const delivered: string[] = [];
    const notes = new NoteCoalescer((payload) => delivered.push(payload));
    for (let at = 0; at < 1000; at++) notes.add('a');
    notes.add('b');
    expect(delivered).toEqual(['a', 'b']);
    await until(() => delivered.length > 2, 'the second delivery');
    notes.add('b');
    await until(() => delivered.length > 3, 'a later one');
    expect(delivered).toEqual(['a', 'b', 'a', 'b']);
  });

  it('are all delivered when more differ than are held', () => {
    const delivered: string[] = [];
    const notes = new NoteCoalescer((payload) => delivered.push(payload));
    const different = Array.from({ length: feedPolicy.coalesced + 10 }, (_, at) => String(at));
    for (const payload of different) notes.add(payload);
    expect(delivered).toEqual(different);
  });
});
