import { describe, expect, it } from '@jest/globals';
import { EventParser, type RawEvent } from '../../client/src/streams/event-parser.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function parse(chunks: readonly Uint8Array[], maxLength = 1000): { events: RawEvent[]; parser: EventParser } {
  const parser = new EventParser(maxLength, '');
  return { events: chunks.flatMap((chunk) => [...parser.push(chunk)]), parser };
}
const eventsOf = (text: string): RawEvent[] => parse([bytes(text)]).events;
const event = (data: string, more: Partial<RawEvent> = {}): RawEvent => ({
  event: 'message',
  id: '',
  data,
  ...more,
});

describe('the parser of event streams', () => {
  it.each<[string, string, RawEvent[]]>([
    [
      'fields',
      'id: 7\nevent: progress\ndata: {"a":1}\n\n',
      [event('{"a":1}', { event: 'progress', id: '7' })],
    ],
    ['several lines of data', 'data: a\ndata\ndata: b\n\n', [event('a\n\nb')]],
    ['fields without the space', 'data:a\nevent:x\n\n', [event('a', { event: 'x' })]],
    ['a second space, which belongs to the value', 'data:  a\n\n', [event(' a')]],
    ['colons in the value', 'data: a: b\n\n', [event('a: b')]],
    [
      'an event name for one event only',
      'event: x\ndata: a\n\ndata: b\n\n',
      [event('a', { event: 'x' }), event('b')],
    ],
    [
      'an id for all later events',
      'id: 7\ndata: a\n\ndata: b\n\n',
      [event('a', { id: '7' }), event('b', { id: '7' })],
    ],
    ['an empty id', 'id: 7\ndata: a\n\nid\ndata: b\n\n', [event('a', { id: '7' }), event('b')]],
    ['a byte order mark', '\ufeffdata: a\n\n', [event('a')]],
    ['comments and unknown fields, passed over', ': still here\nother: x\ndata: a\n\n', [event('a')]],
    ['an id with a NUL, passed over', 'id: 7\nid: 8\0\ndata: a\n\n', [event('a', { id: '7' })]],
    ['blocks without data, passed over', 'event: x\n\n\n\n: c\n\ndata: a\n\n', [event('a')]],
    ['no event that the end cuts off', 'data: a\n\ndata: b\n', [event('a')]],
  ])('reads %s', (_title, text, events) => {
    expect(eventsOf(text)).toEqual(events);
    expect(eventsOf(text.replaceAll('\n', '\r\n'))).toEqual(events);
    expect(eventsOf(text.replaceAll('\n', '\r'))).toEqual(events);
  });

  it('reads the same whatever the chunks, through characters of four bytes and all line ends', () => {
    const text =
      'id: 1\r\ndata: 🎨 grün\r\n\r\nid: 2\rdata: 東京\r\rid: 3\ndata: x\r\ndata\r\n\ndata: end\n\n';
    const whole = eventsOf(text);
    expect(whole.map(({ data }) => data)).toEqual(['🎨 grün', '東京', 'x\n', 'end']);
    const all = bytes(text);
    for (let size = 1; size < all.length; size++) {
      const chunks = Array.from({ length: Math.ceil(all.length / size) }, (_, at) =>
        all.subarray(at * size, (at + 1) * size),
      );
      expect(parse(chunks).events).toEqual(whole);
    }
  });

  it('gives an event with its blank line, not later', () => {
    expect(parse([bytes('data: a\r\n\r')]).events).toEqual([event('a')]);
  });

  it('takes a reconnection time in digits alone', () => {
    const { parser } = parse([bytes('retry: 250\nretry: 1s\nretry: -1\n')]);
    expect(parser.retryMs).toBe(250);
    expect(parse([bytes('retry: soon\n')]).parser.retryMs).toBeNull();
  });

  it.each<[string, (length: number) => Uint8Array[]]>([
    ['one line', (length) => [bytes(`data: ${'x'.repeat(length)}`)]],
    ['many lines', (length) => [bytes('data: x\n'.repeat(length / 2))]],
    ['many chunks', (length) => Array.from({ length }, () => bytes('x'))],
    ['a comment without an end', (length) => [bytes(`: ${'x'.repeat(length)}`)]],
  ])('refuses an event above the bound, in %s', (_title, chunks) => {
    expect(() => parse(chunks(1200))).toThrow('more than 1000 characters');
    expect(() => parse(chunks(800))).not.toThrow();
  });

  it('counts each event by itself', () => {
    expect(eventsOf(`data: ${'x'.repeat(900)}\n\n`.repeat(5))).toHaveLength(5);
  });
});
