import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LogStoreServer } from '../../../test/support/monitoring/log-store.js';
import { NotUnderstood } from '../command.js';
import { LogSearch } from './log-store.js';

const [id, other] = ['019f0000-0000-7000-8000-000000000001', '019f0000-0000-7000-8000-000000000002'];
const soon = { lateMs: 300, askAgainMs: 20 };
const json = (value: unknown) => (response: { end: (text: string) => void }) => {
  response.end(JSON.stringify(value));
};

describe('the search for a line of the audit where the log is collected', () => {
  let lines: string[];
  let store: LogStoreServer;
  beforeEach(async () => {
    lines = [];
    store = await LogStoreServer.start(() => lines);
  });
  afterEach(() => store.stop());

  const given = (more: object = {}) => ({ url: store.url, selector: '{job="velro"}', token: null, ...more });
  const find = (ids: readonly string[] = [id], more: object = {}) =>
    LogSearch.of(given(more), soon).find(ids);
  const found = { isGiven: true, foundAfterMs: expect.any(Number) };
  const none = { isGiven: true, foundAfterMs: null };

  it('finds the line of any of its requests', async () => {
    lines.push('{"request_id":"another"}', `{"request_id":"${id}"}`);
    expect(await find([other, id])).toEqual(found);
  });

  it('waits for a line that is on its way', async () => {
    const searching = LogSearch.of(given(), { lateMs: 60_000, askAgainMs: 5 }).find([id]);
    while (store.asked.length < 3) await new Promise((resolve) => setTimeout(resolve, 2));
    lines.push(`{"request_id":"${id}"}`);
    expect(await searching).toEqual(found);
  });

  it('finds nothing where no line came, and asks nothing where there is no request to look for', async () => {
    lines.push(`{"request_id":"${other}"}`);
    expect(await find()).toEqual(none);
    const asked = store.asked.length;
    expect(await find([])).toEqual(none);
    expect(store.asked).toHaveLength(asked);
  });

  it('finds nothing among lines with other labels', async () => {
    lines.push(`{"request_id":"${id}"}`);
    expect(await find([id], { selector: '{job="else"}' })).toEqual(none);
  });

  it.each([
    ['an error', (response) => response.writeHead(500).end('{}')],
    ['a line that is another one', json({ data: { result: [{ values: [['1', other]] }] } })],
    ['a text that is no JSON', (response) => response.end(id)],
    ['values of other shapes', json({ data: { result: [null, 1, { values: [null, [id], [1, 2]] }] } })],
    ['a redirect to itself', (response) => response.writeHead(302, { location: '/' }).end(id)],
    ['a reset', (response) => response.destroy()],
  ] as [string, (response: import('node:http').ServerResponse) => void][])(
    'takes %s for no line',
    async (_, respond) => {
      store.fault = (_request, response) => {
        respond(response);
      };
      expect(await find()).toEqual(none);
      expect(store.asked.length).toBeGreaterThan(0);
    },
  );

  it('sends its token', async () => {
    lines.push(id);
    await find([id], { token: 'of-the-store' });
    expect(store.asked).toEqual([{ query: `{job="velro"} |= \`${id}\``, token: 'of-the-store' }]);
  });

  it('sends a token to no other machine in the clear', () => {
    expect(() => LogSearch.of(given({ url: 'http://logs.example.com', token: 'x' }))).toThrow('https alone');
    expect(() => LogSearch.of(given({ url: 'https://logs.example.com', token: 'x' }))).not.toThrow();
  });

  it.each(['', 'velro', '{job="velro"} |= `a`', '{job="a`b"}', '{job="velro"', `{${'a'.repeat(300)}}`])(
    'refuses the selector %j',
    (selector) => {
      expect(() => LogSearch.of(given({ selector }))).toThrow('no selector');
    },
  );

  it.each(['logs', 'ftp://logs.example.com', 'https://ada:secret@logs.example.com'])(
    'refuses the address %s',
    (url) => {
      expect(() => LogSearch.of(given({ url }))).toThrow(NotUnderstood);
    },
  );
});
