import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createClient,
  memoryStore,
  VelroConnectionError,
  VelroError,
  VelroResponseError,
  type GenerationEvent,
} from '../../client/src/index.js';
import { Connection } from '../../client/src/streams/connection.js';
import { streamPolicy } from '../../client/src/streams/stream-policy.js';
import { html, inTurn, problem, reset, type Behaviour } from '../support/client/client-server.js';
import { TokenServer } from '../support/client/token-server.js';
import { until } from '../support/process/wait-until.js';

const path = '/api/v1/generations/g-1/events';
const head = { 'content-type': 'text/event-stream; charset=utf-8' };
const soon = 'retry: 1\n\n';

const text = (id: number, event: string): string =>
  `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify({ id: 'g-1', status: event, prompt: 'grün 🎨' })}\n\n`;

/** Sends these parts one after the other, and then ends, breaks, or keeps the stream open. */
const stream =
  (parts: readonly (string | Uint8Array)[], then: 'end' | 'break' | 'stay' = 'end'): Behaviour =>
  (response) => {
    response.writeHead(200, head);
    const next = (at: number): void => {
      const part = parts[at];
      if (part !== undefined)
        response.write(part, () => {
          setImmediate(next, at + 1);
        });
      else if (then === 'end') response.end();
      else if (then === 'break') response.socket?.resetAndDestroy();
    };
    next(0);
  };
const over: Behaviour = (response) => {
  response.writeHead(204).end();
};

describe('an event stream of the client', () => {
  let tokens: TokenServer;
  beforeEach(async () => {
    tokens = await TokenServer.start();
  });
  afterEach(async () => {
    await tokens.server.stop();
  });

  const client = () => {
    const { access_token, refresh_token } = tokens.pair();
    return createClient({ baseUrl: tokens.server.url, store: memoryStore({ access_token, refresh_token }) });
  };
  const seen: string[] = [];
  beforeEach(() => {
    seen.length = 0;
  });
  const follow = async (
    behaviour: Behaviour,
    options?: Parameters<ReturnType<typeof client>['events']>[1],
  ) => {
    tokens.server.on(path, behaviour);
    for await (const { id, event } of client().events('g-1', options)) seen.push(`${id} ${event}`);
    return seen;
  };
  const lastIds = () => tokens.server.of(path).map(({ headers }) => headers['last-event-id']);

  it('gives the events with their data and ends with the generation, without another request', async () => {
    const events: GenerationEvent[] = [];
    tokens.server.on(
      path,
      stream(
        [soon, text(1, 'status'), ': still here\n\n', text(2, 'progress'), text(3, 'completed')],
        'stay',
      ),
    );
    for await (const event of client().events('g-1')) events.push(event);
    expect(events.map(({ event, id }) => `${id} ${event}`)).toEqual([
      '1 status',
      '2 progress',
      '3 completed',
    ]);
    expect(events[0]?.data).toEqual({ id: 'g-1', status: 'status', prompt: 'grün 🎨' });
    expect(tokens.server.of(path)).toHaveLength(1);
    await until(() => tokens.server.abandoned === 1, 'the end of the connection');
  });

  it('reads chunks of one byte', async () => {
    const all = new TextEncoder().encode(text(1, 'progress') + text(2, 'failed'));
    const parts = Array.from(all, (_, at) => all.subarray(at, at + 1));
    expect(await follow(stream(parts))).toEqual(['1 progress', '2 failed']);
  });

  it('is opened again where it was cut in the middle of an event, after the last whole one', async () => {
    const cut = text(2, 'progress').slice(0, 40);
    await follow(
      inTurn(
        stream([soon, text(1, 'status'), cut], 'break'),
        stream([cut], 'end'),
        stream([text(2, 'progress'), text(3, 'completed')]),
      ),
    );
    expect(seen).toEqual(['1 status', '2 progress', '3 completed']);
    expect(lastIds()).toEqual([undefined, '1', '1']);
  });

  it('continues after an event that the caller names, and ends at once with 204', async () => {
    expect(await follow(over, { lastEventId: '9' })).toEqual([]);
    expect(lastIds()).toEqual(['9']);
  });

  it('passes over events that it does not know, and remembers their ids', async () => {
    await follow(
      inTurn(stream([soon, text(1, 'status'), text(2, 'novelty')]), stream([text(3, 'cancelled')])),
    );
    expect(seen).toEqual(['1 status', '3 cancelled']);
    expect(lastIds()).toEqual([undefined, '2']);
  });

  it('has its token renewed between two connections', async () => {
    tokens.server.on(
      path,
      tokens.guarded(
        inTurn(
          (...call) => {
            stream([soon, text(1, 'status')])(...call);
            tokens.expire();
          },
          stream([text(2, 'completed')]),
          stream([text(2, 'completed')]),
        ),
      ),
    );
    for await (const { event } of client().events('g-1')) seen.push(event);
    expect(seen).toEqual(['status', 'completed']);
    expect(tokens.refreshes).toBe(1);
    expect(tokens.server.of(path).map(({ headers }) => headers.authorization)).toEqual([
      'Bearer access-1',
      'Bearer access-1',
      'Bearer access-2',
    ]);
  });

  it.each<[string, Behaviour]>([
    ['a reset', reset],
    ['a 502 page of a proxy', html(502)],
    ['a 503', problem(503, 'unavailable')],
    ['a 503 that says when', problem(503, 'unavailable', { 'retry-after': '0' })],
    ['a 429 that says when', problem(429, 'streams_exceeded', { 'retry-after': '0' })],
  ])('is opened again after %s', async (_title, behaviour) => {
    const first = stream([soon, text(1, 'status')], 'break');
    expect(await follow(inTurn(first, behaviour, stream([text(2, 'completed')])))).toEqual([
      '1 status',
      '2 completed',
    ]);
    expect(lastIds()).toEqual([undefined, '1', '1']);
  });

  it('waits as long as Retry-After says', async () => {
    const start = performance.now();
    await follow(inTurn(problem(429, 'streams_exceeded', { 'retry-after': '1' }), over));
    expect(performance.now() - start).toBeGreaterThan(950);
  });

  it.each<[string, Behaviour, object]>([
    ['404', problem(404, 'not_found'), { code: 'not_found' }],
    ['403', problem(403, 'scope_missing'), { code: 'scope_missing' }],
    [
      'a long 429',
      problem(429, 'rate_limit_exceeded', { 'retry-after': '3000' }),
      { retryAt: expect.any(Date) },
    ],
    [
      'a 503 against repeats',
      problem(503, 'ai_disabled', { 'retry-after': '1', 'x-should-retry': 'false' }),
      {},
    ],
  ])('is refused by %s once', async (_title, behaviour, fields) => {
    const failed = follow(inTurn(stream([soon, text(1, 'status')]), behaviour));
    await expect(failed).rejects.toBeInstanceOf(VelroError);
    await expect(failed).rejects.toMatchObject(fields);
    expect(seen).toEqual(['1 status']);
    expect(tokens.server.of(path)).toHaveLength(2);
  });

  it.each<[string, Behaviour, number]>([
    ['a page with status 200', html(200), 0],
    ['an event that is no JSON', stream(['event: status\ndata: {\n\n'], 'stay'), 1],
    [
      'an event without an end',
      stream(['data: x', ...Array<string>(40).fill('x'.repeat(1 << 15))], 'stay'),
      1,
    ],
  ])('ends with an error for %s', async (_title, behaviour, open) => {
    await expect(follow(behaviour)).rejects.toBeInstanceOf(VelroResponseError);
    expect(tokens.server.of(path)).toHaveLength(1);
    await until(() => tokens.server.abandoned === open, 'the end of the connection');
  });

  it.each<[string, Behaviour]>([
    ['breaks', reset],
    ['ends', stream([])],
  ])('is given up when every connection %s', async (_title, behaviour) => {
    const failed = follow(inTurn(stream([soon, text(1, 'status')]), behaviour));
    await expect(failed).rejects.toBeInstanceOf(VelroConnectionError);
    expect(tokens.server.of(path)).toHaveLength(1 + streamPolicy.failures);
    expect(seen).toEqual(['1 status']);
  });

  it.each<[string, Behaviour]>([
    ['while nothing comes', stream([soon, text(1, 'status')], 'stay')],
    ['while it waits for its next connection', inTurn(stream(['retry: 30000\n\n', text(1, 'status')]))],
  ])('ends with the reason of its signal %s', async (_title, behaviour) => {
    const controller = new AbortController();
    const followed = follow(behaviour, { signal: controller.signal });
    await until(() => seen.length === 1, 'the first event');
    controller.abort(new Error('left the page'));
    await expect(followed).rejects.toThrow('left the page');
    expect(tokens.server.of(path)).toHaveLength(1);
  });

  it('closes its connection when the caller leaves the loop', async () => {
    tokens.server.on(path, stream([text(1, 'status')], 'stay'));
    for await (const { event } of client().events('g-1')) {
      seen.push(event);
      break;
    }
    expect(seen).toEqual(['status']);
    await until(() => tokens.server.abandoned === 1, 'the end of the connection');
  });

  it.each<[string, Behaviour]>([
    ['no answer begins', () => undefined],
    ['nothing comes any more', stream([text(1, 'status')], 'stay')],
  ])('takes a connection for lost when %s within the limit', async (_title, behaviour) => {
    tokens.server.on(path, behaviour);
    const policy = { ...streamPolicy, answerMs: 50, silenceMs: 50 };
    const connect = (_: string, signal: AbortSignal) => fetch(tokens.server.url + path, { signal });
    const events = new Connection(connect, policy, null).events('');
    const read = async () => {
      for await (const { event } of events) seen.push(event);
    };
    await expect(read()).rejects.toBeInstanceOf(VelroConnectionError);
    await until(() => tokens.server.abandoned === 1, 'the end of the connection');
  });
});
