import { randomBytes, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Secret } from '../../config/values/secret.js';
import { RedisCounters } from '../../src/adapters/redis/redis-counters.js';
import { channels } from '../../src/ports/notifications.js';
import { bucket } from '../contracts/counters.js';
import { makeCertificates, openssl } from '../support/process/certificates.js';
import { appUrl, ask } from '../support/database/database.js';
import { insist } from '../support/http/insist.js';
import { until } from '../support/process/wait-until.js';
import { randomLoopback, Visitor } from '../support/http/http.js';
import { valueOf } from '../support/accounts/operator.js';
import { hasRedis, RedisServer } from '../support/process/redis-server.js';
import { startSecond } from '../support/process/second-instance.js';
import { Service, signUp, type Account } from '../support/process/service.js';

const answerWithinMs = 250;

(hasRedis ? describe : describe.skip)('two instances and the Redis that they share', () => {
  let redis: RedisServer;
  let both: [Service, Service];
  beforeAll(async () => {
    redis = await RedisServer.start();
    const env = { REDIS_URL: redis.url, INSTANCES: '2' };
    const first = await Service.start(env);
    const second = await startSecond(first, env);
    both = [first, second];
  });
  afterAll(async () => {
    await both[1].discard();
    await both[0].discard();
    await redis.stop();
  });

  /** Statuses of `each` calls on either instance, all at the same time. */
  const onBoth = async (
    each: number,
    call: (service: Service) => Promise<{ status: number }>,
  ): Promise<number[]> => {
    const calls = both.flatMap((service) => Array.from({ length: each }, () => call(service)));
    return (await Promise.all(calls)).map(({ status }) => status);
  };
  /** How many passed; every other was refused by the limit and by nothing else. */
  const passed = (statuses: number[], status = 200): number => {
    expect(statuses.filter((one) => one !== status && one !== 429)).toEqual([]);
    return statuses.filter((one) => one === status).length;
  };
  /** Whoever is no account holder: the body is refused behind the limit, and no identity is made. */
  const registrations = async (): Promise<number> => {
    const address = randomLoopback();
    return passed(
      await onBoth(3, (service) =>
        new Visitor(service.url, address).call('/api/v1/auth/register', { body: {} }),
      ),
      422,
    );
  };
  const session = (account: Account) => (service: Service) =>
    service.visitor().call('/api/v1/auth/session', { token: account.token });
  const events = (name: string): number[] =>
    both.map((service) => service.lines().filter((line) => line['event'] === name).length);
  /** Waits until both have recorded the event once more than at `before`. */
  const bothSay = async (name: string, before: readonly number[]): Promise<void> => {
    await until(
      () => events(name).every((count, at) => count > (before[at] ?? 0)),
      `${name} on both instances`,
    );
  };
  const [away, back] = ['sys_monitor_disabled', 'sys_monitor_enabled'] as const;
  /**
   * What comes of a round in which both instances count in Redis throughout. On a machine that is busy with other work Redis may
   * answer too late, which the instances record; such a round shows nothing, and somebody else tries again.
   */
  const whileShared = async (round: () => Promise<number>): Promise<number> => {
    for (let tries = 0; tries < 8; tries++) {
      await until(() => String(events(away)) === String(events(back)), 'shared counters on both instances');
      const before = String(events(away));
      const count = await round();
      if (String(events(away)) === before) return count;
    }
    throw new Error('the machine was too busy for Redis in every round');
  };
  /** How many of 110 requests of one person pass. */
  const passedOfOne = (): Promise<number> =>
    whileShared(async () => passed(await onBoth(55, session(await signUp(both[0])))));

  it('limit an address and a user exactly as one instance, under parallel load', async () => {
    expect(await whileShared(registrations)).toBe(2);
    expect(await passedOfOne()).toBe(100);
  });

  it('tell each other of changes of generations without a notification of the database', async () => {
    const [first, second] = both;
    const ada = await signUp(first);
    const database = new pg.Client({ connectionString: appUrl(first.home) });
    await database.connect();
    const notified: string[] = [];
    database.on('notification', ({ payload = '' }) => notified.push(payload));
    try {
      await database.query(`listen ${channels.generations}; listen ${channels.work}`);
      const body = { model_id: 'velro/canvas', prompt: 'a lighthouse over a violet sea' };
      const make = async (): Promise<void> => {
        const { json } = await insist(() =>
          ada.visitor.call('/api/v1/generations', { token: ada.token, body }),
        );
        const path = `/api/v1/generations/${String(json.id)}/events`;
        await new Visitor(second.url).events(path, ada.token, (event) => event !== 'completed');
        await database.query('select 1');
      };
      // An instance that Redis answered too late tells the database for a second, which a busy machine comes to.
      await until(async () => {
        notified.length = 0;
        await make();
        return notified.length === 0;
      }, 'a generation that the database notified nobody of');
    } finally {
      await database.end();
    }
  });

  it('keep auth limits exact and the others by half when Redis is killed, and report that once, not once per request', async () => {
    const account = await signUp(both[0]);
    const before = events(away);
    await redis.kill();
    const [one, two] = await Promise.all(
      both.map((service) => Promise.all(Array.from({ length: 60 }, () => session(account)(service)))),
    );
    for (const answers of [one, two]) expect(passed((answers ?? []).map(({ status }) => status))).toBe(50);
    for (let round = 0; round < 3; round++) expect(await registrations()).toBe(2);
    const hits = await ask<{ count: number }>(
      both[0].home,
      'select count(*)::int as count from velro.counter_hits',
    );
    expect(hits[0]?.count).toBeGreaterThanOrEqual(6);
    await bothSay(away, before);
    // Some 130 requests met the missing Redis.
    for (const [at, count] of events(away).entries()) expect(count - (before[at] ?? 0)).toBeLessThan(4);
    expect(both.flatMap((service) => service.lines()).find((line) => line['event'] === away)).toMatchObject({
      msg: 'SECURITY-EVENT RATE-LIMITER shared counters away',
      threat_level: 'HIGH',
      response: 'auth limits in the database, others by share',
    });
  });

  it('use Redis again without a restart, and report that', async () => {
    const before = events(back);
    await redis.start();
    await bothSay(back, before);
    expect(both.flatMap((service) => service.lines()).find((line) => line['event'] === back)?.msg).toBe(
      'SECURITY-EVENT RATE-LIMITER shared counters back',
    );
    expect(await whileShared(registrations)).toBe(2);
    expect(await passedOfOne()).toBe(100);
  });

  it('do the same when Redis hangs: forty requests in sequence wait less than ten timeouts', async () => {
    const account = await signUp(both[0]);
    const forty = async (): Promise<number> => {
      const start = performance.now();
      for (let at = 0; at < 40; at++)
        expect((await session(account)(both[at % 2] ?? both[0])).status).toBe(200);
      return performance.now() - start;
    };
    const usual = await forty();
    const [beforeAway, beforeBack] = [events(away), events(back)];
    redis.hang();
    // Beside what the machine is busy with: forty waits would take ten seconds more.
    expect(await forty()).toBeLessThan(3 * usual + 10 * answerWithinMs);
    expect(await registrations()).toBe(2);
    await bothSay(away, beforeAway);
    redis.goOn();
    await bothSay(back, beforeBack);
    expect(await whileShared(registrations)).toBe(2);
  });

  it('give a right password back while Redis is unavailable, and keep counting failures', async () => {
    const account = await signUp(both[0]);
    await redis.kill();
    const address = randomLoopback();
    const login = async (password: string): Promise<number> =>
      (
        await new Visitor(both[0].url, address).call('/api/v1/auth/login', {
          body: { email: account.email, password },
        })
      ).status;
    const statuses: number[] = [];
    for (let round = 0; round < 5; round++) statuses.push(await login('tall-otter-paints-9-quiet-bridges'));
    for (let round = 0; round < 4; round++) statuses.push(await login('some-other-password-entirely'));
    expect(statuses).toEqual([200, 200, 200, 200, 200, 401, 401, 401, 429]);
    await redis.start();
  });
});

(hasRedis ? describe : describe.skip)('a service whose Redis is not there', () => {
  it('starts without Redis, reports that once, counts, and uses Redis when it is available', async () => {
    const redis = await RedisServer.start();
    await redis.kill();
    const service = await Service.start({ REDIS_URL: redis.url });
    try {
      const said = (name: string): number => service.lines().filter((line) => line['event'] === name).length;
      await until(() => said('sys_monitor_disabled') === 1, 'the event');
      const address = randomLoopback();
      const register = async (): Promise<number> =>
        (await new Visitor(service.url, address).call('/api/v1/auth/register', { body: {} })).status;
      expect([await register(), await register(), await register()]).toEqual([422, 422, 429]);
      await redis.start();
      await until(() => said('sys_monitor_enabled') === 1, 'the event');
      expect(said('sys_monitor_disabled')).toBe(1);
      await redis.kill();
      expect(await register()).toBe(429);
    } finally {
      // While it is away again: nothing of the search for it keeps the process.
      expect(await service.stop()).toBe(0);
      await redis.stop();
    }
  });
});

(hasRedis && openssl ? describe : describe.skip)('a Redis that speaks TLS', () => {
  it('is used when its certificate is trusted, and never otherwise', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'velro-redis-tls-'));
    const certificates = await makeCertificates(folder);
    const redis = await RedisServer.start(certificates);
    const troubles: unknown[] = [];
    const distrustful = new RedisCounters(new Secret(redis.url), (error) => troubles.push(error));
    const metricsToken = randomBytes(32).toString('hex');
    const service = await Service.start({
      REDIS_URL: redis.url,
      NODE_EXTRA_CA_CERTS: certificates.ca,
      METRICS_TOKEN: metricsToken,
    });
    try {
      await distrustful.open();
      await expect(distrustful.take([bucket()])).rejects.toThrow();
      const codes = troubles.map((error) => (error as NodeJS.ErrnoException).code);
      expect(new Set(codes)).toEqual(new Set(['SELF_SIGNED_CERT_IN_CHAIN']));
      expect((await service.visitor().call('/nowhere')).status).toBe(404);
      expect(service.lines().filter((line) => line['event'] === 'sys_monitor_disabled')).toEqual([]);
      const { text } = await service.visitor().call('/metrics', { token: metricsToken });
      const { validTo } = new X509Certificate(readFileSync(certificates.certificate));
      expect(valueOf(text, 'peer_certificate_not_after{peer="redis"}')).toBe(Date.parse(validTo) / 1000);
      // No other connection of this service is encrypted.
      expect(text.match(/^peer_certificate_not_after\{/gm)).toHaveLength(1);
    } finally {
      distrustful.close();
      await service.discard();
      await redis.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
