import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import type { Line } from '../support/database/database-line.js';
import { randomLoopback } from '../support/http/http.js';
import { hasRedis, RedisServer } from '../support/process/redis-server.js';
import { startBeside } from '../support/process/second-instance.js';
import { Service, signUp } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';
import { underForeignKey } from '../support/tokens/forged-tokens.js';

/** Two instances at one database, and a thief who alternates between them. */
class Pair {
  private constructor(
    readonly first: Service,
    readonly second: Service,
    private readonly line: Line,
  ) {}

  static async start(env: Readonly<Record<string, string>> = {}): Promise<Pair> {
    const both = { THREAT_RESPONSES: 'enforce', ...env };
    const first = await Service.start(both);
    const { service, line } = await startBeside(first, both);
    return new Pair(first, service, line);
  }

  async stop(): Promise<void> {
    this.line.close();
    await this.second.discard();
    await this.first.discard();
  }

  code = async (service: Service, address: string): Promise<unknown> =>
    (await service.visitor(address).call('/api/v1/auth/me')).json.code;

  /** Shows one forged token to each of these instances in turn, and waits until the scores of all are told. */
  async forge(address: string, at: readonly Service[]): Promise<void> {
    const { token } = await signUp(this.first);
    for (const service of at)
      await service.visitor(address).call('/api/v1/auth/me', { token: underForeignKey(token) });
  }

  isBlocked = (service: Service, address: string): Promise<boolean> =>
    this.code(service, address).then((code) => code === 'address_blocked');

  blocks = (address: string) =>
    ask<{ signals: Record<string, number> }>(
      this.first.home,
      'select signals from velro.blocks where address = $1',
      [address],
    );
}

const shares = (pair: () => Pair, how: string): void => {
  it(`three forged tokens that alternate over two instances block at the third, on both, ${how}`, async () => {
    const { first, second, isBlocked, blocks } = pair();
    const address = randomLoopback();
    await pair().forge(address, [first, second]);
    expect([await isBlocked(first, address), await isBlocked(second, address)]).toEqual([false, false]);
    await pair().forge(address, [first]);
    for (const service of [first, second])
      await until(async () => {
        if (await isBlocked(service, address)) return true;
        // Sixty a minute stay below the limit, beyond which they would be evidence themselves.
        await sleep(1000);
        return false;
      }, 'the block');
    expect(await blocks(address)).toEqual([{ signals: { token_forged: 3 } }]);
    const critical = [first, second].flatMap((service) =>
      service
        .lines()
        .filter(
          ({ msg, source_ip: ip }) =>
            msg === 'SECURITY-EVENT THREAT CRITICAL authentication_bypass' && ip === address,
        ),
    );
    expect(critical).toHaveLength(1);
  });
};

describe('two instances at one database', () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await Pair.start();
  });
  afterAll(async () => {
    await pair.stop();
  });
  shares(() => pair, 'by the database');

  it('tell each other of a level that rose, whose limits shrink on both', async () => {
    const address = randomLoopback();
    await pair.forge(address, [pair.first, pair.first]);
    // A request that leaves no evidence, which would be told with what the others have seen.
    const limitAt = async (service: Service): Promise<unknown> =>
      (await service.visitor(address).call('/api/v1/webhook/inbound', { body: {} })).headers[
        'x-ratelimit-limit'
      ];
    expect(await limitAt(pair.first)).toBe('25');
    await until(async () => {
      // Sixty a minute stay below the limit, beyond which they would be evidence.
      await sleep(1000);
      return (await limitAt(pair.second)) === '25';
    }, 'the stricter limit on the second');
  });
});

(hasRedis ? describe : describe.skip)('two instances with Redis', () => {
  let redis: RedisServer;
  let pair: Pair;
  beforeAll(async () => {
    redis = await RedisServer.start();
    pair = await Pair.start({ REDIS_URL: redis.url, INSTANCES: '2' });
  });
  afterAll(async () => {
    await pair.stop();
    await redis.stop();
  });
  shares(() => pair, 'by Redis');

  it('go on by the database while Redis is away', async () => {
    await redis.kill();
    const address = randomLoopback();
    await pair.forge(address, [pair.first, pair.second, pair.first]);
    await until(() => pair.isBlocked(pair.second, address), 'the block on the second');
    expect(await pair.blocks(address)).toHaveLength(1);
    await redis.start();
  });
});
