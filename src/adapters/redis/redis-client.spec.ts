import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hasRedis, RedisServer } from '../../../test/support/process/redis-server.js';
import { redisClient } from './redis-client.js';

const describeRedis = hasRedis ? describe : describe.skip;

describeRedis('a client of Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.stop());

  it('survives a stream that fails more than once', async () => {
    const told: unknown[] = [];
    const redis = redisClient({ host: '127.0.0.1', port: server.port, lazyConnect: true });
    redis.on('error', (error) => told.push(error));
    try {
      await redis.connect();
      const { stream } = redis as unknown as { readonly stream: Socket };
      const failures = ['one', 'two', 'three'].map((text) => new Error(text));
      // An emitter throws an error that nobody listens to.
      for (const failure of failures) expect(() => stream.emit('error', failure)).not.toThrow();
      expect(told[0]).toBe(failures[0]);
      expect(await redis.ping()).toBe('PONG');
    } finally {
      redis.disconnect();
    }
  });
});
