import { describe, expect, it } from '@jest/globals';
import { feedPolicy } from '../../../../config/policy/operations/feed.js';
import { until } from '../../../../test/support/process/wait-until.js';
import { anything } from '../../../ports/notifications.js';
import { Announcer, type Announcement } from './announcer.js';

/** A connection whose sendings end when the test ends them. */
function stage() {
  const sent: (readonly Announcement[])[] = [];
  const ends: ((failure?: Error) => void)[] = [];
  const announcer = new Announcer((announcements) => {
    sent.push(announcements);
    return new Promise((resolve, reject) => {
      ends.push((failure) => {
        if (failure === undefined) resolve();
        else reject(failure);
      });
    });
  });
  const add = (payload: string, channel = 'a'): void => {
    announcer.add({ channel, payload });
  };
  const payloads = (at: number): string[] =>
    (sent[at] ?? []).map(({ channel, payload }) => channel + payload);
  return { announcer, sent, add, payloads, end: (failure?: Error) => ends.shift()?.(failure) };
}

describe('what an instance announces', () => {
  it('is sent in one transaction when it comes together, equal ones once', async () => {
    const { sent, add, payloads } = stage();
    for (const payload of ['1', '2', '1']) add(payload);
    add('1', 'b');
    await until(() => sent.length > 0, 'the sending');
    expect(payloads(0)).toEqual(['a1', 'a2', 'b1']);
  });

  it('waits for the sending under way, and goes together with the rest', async () => {
    const { sent, add, payloads, end } = stage();
    add('1');
    await until(() => sent.length > 0, 'the first');
    for (const payload of ['1', '2', '3']) add(payload);
    expect(sent).toHaveLength(1);
    end();
    await until(() => sent.length > 1, 'the second');
    expect(payloads(1)).toEqual(['a1', 'a2', 'a3']);
  });

  it('is sent again when the sending failed, with what came meanwhile', async () => {
    const { sent, add, payloads, end } = stage();
    add('1');
    await until(() => sent.length > 0, 'the first');
    add('2');
    end(new Error('the connection ended'));
    await until(() => sent.length > 1, 'the second');
    expect(payloads(1).sort()).toEqual(['a1', 'a2']);
  });

  it('is one that names nothing where more wait than are told one by one, and other channels keep theirs', async () => {
    const { sent, add, payloads } = stage();
    for (let at = 0; at <= feedPolicy.announced; at++) add(String(at));
    add('after');
    add('1', 'b');
    await until(() => sent.length > 0, 'the sending');
    expect(payloads(0)).toEqual([`a${anything}`, 'b1']);
  });

  it('is sent at once by a flush, which resolves when it is sent', async () => {
    const { announcer, sent, add, payloads, end } = stage();
    add('1');
    let isFlushed = false;
    const flushed = announcer.flush().then(() => (isFlushed = true));
    await until(() => sent.length > 0, 'the sending');
    expect([isFlushed, payloads(0)]).toEqual([false, ['a1']]);
    end();
    await flushed;
  });

  it('is never sent twice at a time, and a flush waits for the sending that another began', async () => {
    const { announcer, sent, add, end } = stage();
    add('1');
    let flushed = 0;
    const both = [announcer.flush(), announcer.flush()].map((flush) => flush.then(() => flushed++));
    await until(() => sent.length > 0, 'the sending');
    await new Promise((resolve) => setImmediate(resolve));
    expect([sent.length, flushed]).toEqual([1, 0]);
    end();
    await Promise.all(both);
    expect(sent).toHaveLength(1);
  });

  it('is nothing where nothing waits: a flush sends nothing', async () => {
    const { announcer, sent } = stage();
    await announcer.flush();
    expect(sent).toEqual([]);
  });
});
