import { setImmediate as nextTurn } from 'node:timers/promises';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { until } from '../../../../../test/support/process/wait-until.js';
import type { AnswerPart } from '../../gateway/ai-call.js';
import { writeAnswer, type EventForm } from './answer-events.js';

const form: EventForm = {
  begin: () => [],
  of: (part) => ('text' in part ? [part.text] : []),
  end: () => ['the end'],
  failed: ({ code }) => [code],
};

describe('an answer to a client that reads nothing', () => {
  let server: FastifyInstance;
  afterEach(async () => {
    await server.close();
  });

  it('ends with the token that asked for it, though nobody reads', async () => {
    const ending = new AbortController();
    let given = 0;
    let isWritten = false;
    let isLeft = false;
    async function* endless(): AsyncGenerator<AnswerPart, void, undefined> {
      try {
        for (;;) {
          given++;
          yield await Promise.resolve({ type: 'text', text: 'x'.repeat(64 * 1024) });
        }
      } finally {
        isLeft = true;
      }
    }
    let unread = 0;
    server = fastify({ forceCloseConnections: true });
    server.get('/', (_request, reply) => {
      reply.raw.on('drain', () => (unread = 0));
      void writeAnswer(reply, { parts: endless(), ended: ending.signal }, form, () => undefined).then(() => {
        isWritten = true;
      });
      return reply;
    });
    await server.listen({ port: 0, host: '127.0.0.1' });
    const client = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
    client.on('error', () => undefined);
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    // Stalled once as much was given at two looks: then it waits for the client.
    await until(() => {
      const before = unread;
      unread = given;
      return given > 0 && before === given;
    }, 'the answer waits');
    expect([isWritten, isLeft]).toEqual([false, false]);
    ending.abort(new Error('the token has ended'));
    // At once: nothing is waited for but turns of the event loop.
    for (let turn = 0; turn < 10; turn++) await nextTurn();
    expect([isWritten, isLeft]).toEqual([true, true]);
    client.destroy();
  });
});
