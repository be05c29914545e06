import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { VelroConnectionError } from '../../client/src/index.js';
import { delayOf, follow } from '../../client/src/streams/follow.js';
import { streamPolicy, type StreamPolicy } from '../../client/src/streams/stream-policy.js';
import { ClientServer, hang, inTurn, type Behaviour } from '../support/client/client-server.js';

const path = '/events';
const head = { 'content-type': 'text/event-stream' };
/** The policy at five hundred times the speed. */
const { answerMs, silenceMs, firstDelayMs, longestDelayMs } = streamPolicy;
const policy: StreamPolicy = {
  ...streamPolicy,
  answerMs: answerMs / 500,
  silenceMs: silenceMs / 500,
  firstDelayMs: firstDelayMs / 500,
  longestDelayMs: longestDelayMs / 500,
};

const begun: Behaviour = (response) => {
  response.writeHead(200, head).flushHeaders();
};
const text =
  (part: string): Behaviour =>
  (response) => {
    response.writeHead(200, head).end(part);
  };
const over: Behaviour = (response) => {
  response.writeHead(204).end();
};

describe('an event stream of a service that does not work', () => {
  let server: ClientServer;
  /** As the client counts them: a slow machine may break one before the server sees it. */
  let connections = 0;
  beforeEach(async () => {
    server = await ClientServer.start();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await server.stop();
  });

  /** Reads to the end; ended by the test after more connections than a stream may take. */
  const read = async (behaviour: Behaviour, own = policy): Promise<string[]> => {
    const controller = new AbortController();
    server.on(path, behaviour);
    connections = 0;
    const connect = (_: string, signal: AbortSignal) => {
      connections++;
      if (connections > 3 * policy.failures) controller.abort(new Error('it was never given up'));
      return fetch(server.url + path, { signal });
    };
    const seen: string[] = [];
    const { signal } = controller;
    for await (const { data } of follow({ connect, policy: own, signal, lastId: '' })) seen.push(data);
    return seen;
  };

  it.each([
    ['never answers', hang],
    ['sends headers, then nothing', begun],
    ['ends at once', text('')],
  ])('is given up after ten connections in a row to a service that %s', async (_title, behaviour) => {
    await expect(read(behaviour)).rejects.toBeInstanceOf(VelroConnectionError);
    expect(connections).toBe(10);
  });

  it('is given up after ten in a row whose answers took longer than the longest pause', async () => {
    const slow = { ...policy, answerMs: 3 * policy.firstDelayMs, longestDelayMs: policy.firstDelayMs };
    await expect(read(hang, slow)).rejects.toBeInstanceOf(VelroConnectionError);
    expect(connections).toBe(10);
  });

  it('goes on after twenty connections that brought a comment alone', async () => {
    const comments = Array<Behaviour>(20).fill(text(': still here\n\n'));
    const seen = await read(inTurn(text(''), ...comments, text('data: last\n\n'), over), {
      ...policy,
      answerMs,
      silenceMs,
    });
    expect(seen).toEqual(['last']);
  });

  it('has pauses that double with every failure in a row up to the longest, by chance up to half shorter', () => {
    const pauses = () => [0, 1, 2, 3, 4, 9].map((failures) => delayOf(failures, 1000, 30_000));
    jest.spyOn(Math, 'random').mockReturnValue(0);
    expect(pauses()).toEqual([1000, 1000, 2000, 4000, 8000, 30_000]);
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    expect(pauses()).toEqual([750, 750, 1500, 3000, 6000, 22_500]);
  });
});
