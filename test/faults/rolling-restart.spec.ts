import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databaseLimits } from '../../config/policy/operations/database.js';
import { concurrencyPolicy } from '../../config/policy/perimeter/concurrency.js';
import { ReadyProxy } from '../support/http/ready-proxy.js';
import { faultRounds } from '../support/generations/fault-kills.js';
import { withPolicy } from '../support/process/policy.js';
import { startSecond } from '../support/process/second-instance.js';
import { Service, signUp, type Account } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

/** Ten thousand in full. */
const requests = faultRounds(40) * 10;
const lanes = 16;
/** Fewer lanes for each account than it may have requests at once: a request that waits for its turn is refused after a while. */
const lanesPerAccount = concurrencyPolicy.perAccount - 2;
/** Between two requests of a lane once all are sent: what is left of the roll needs the processor, and some traffic. */
const pauseMs = 150;
/**
 * Refused after a deadline of the database, which got no processor for so long: the machine is busy, and the request is sent anew.
 * What a roll breaks is refused at once.
 */
const isLate = (status: string, ms: number): boolean =>
  /^(429|503) /.test(status) &&
  ms >= Math.min(databaseLimits.connectTimeoutMs, databaseLimits.statementTimeoutMs);
/** The proxy has to see within the grace that an instance stops, however busy the machine is. */
const env = {
  RATE_LIMIT_API_STANDARD: '1000000/minute',
  SHUTDOWN_GRACE_SECONDS: '10',
  // An instance that hears nothing for two seconds, because it got no processor, is not ready: what a roll does is shown, not that.
  ...withPolicy({ feedPolicy: { silenceLimitMs: 30_000 } }),
};

describe('a rolling restart of two instances behind a proxy that retries nothing', () => {
  let first: Service;
  let instances: Service[];
  let proxy: ReadyProxy;
  let accounts: Account[];
  beforeAll(async () => {
    // Holds the database alone.
    first = await Service.start(env);
    accounts = await Promise.all(
      Array.from({ length: Math.ceil(lanes / lanesPerAccount) }, () => signUp(first)),
    );
    instances = await Promise.all([startSecond(first, env), startSecond(first, env)]);
    proxy = await ReadyProxy.start();
    for (const [place, { url }] of instances.entries()) proxy.use(place, url);
    await until(() => proxy.ready === 2, 'two ready instances');
  });
  afterAll(async () => {
    await proxy.stop();
    await Promise.all(instances.map((instance) => instance.stop()));
    await first.stop();
  });

  const agent = new Agent({ keepAlive: true, maxSockets: lanes });
  /** The status, with the problem's code where there is one. */
  const ask = (path: string, token: string): Promise<string> =>
    new Promise((resolve) => {
      const outgoing = request(
        `${proxy.url}${path}`,
        { agent, headers: { authorization: `Bearer ${token}` } },
        (answer) => {
          const { statusCode = 0 } = answer;
          void text(answer).then(
            (body) => {
              resolve(statusCode < 400 ? String(statusCode) : `${statusCode} ${body}`);
            },
            () => {
              resolve('cut off');
            },
          );
        },
      );
      outgoing.on('error', () => {
        resolve('broken');
      });
      outgoing.end();
    });

  it(`loses none of ${requests} requests`, async () => {
    const counts = new Map<string, number>();
    let sent = 0;
    let isRolled = false;
    const pressing = Promise.all(
      Array.from({ length: lanes }, async (_, lane) => {
        const token = accounts[lane % accounts.length]?.token ?? '';
        // Until the roll is over, however many that are.
        while (sent < requests || !isRolled) {
          sent++;
          const sentAt = performance.now();
          const path = sent % 2 === 0 ? '/api/v1/auth/session' : '/api/v1/credits/balance';
          const status = await ask(path, token);
          if (isLate(status, performance.now() - sentAt)) {
            sent--;
            continue;
          }
          counts.set(status, (counts.get(status) ?? 0) + 1);
          if (sent >= requests) await pause(pauseMs);
        }
      }),
    );
    for (const place of [0, 1]) {
      const old = instances[place];
      const next = await startSecond(first, env);
      expect(await old?.stop()).toBe(0);
      proxy.use(place, next.url);
      instances[place] = next;
      await until(() => proxy.ready === 2, 'the new instance');
    }
    isRolled = true;
    await pressing;
    agent.destroy();
    expect([...counts]).toEqual([['200', sent]]);
    expect(proxy.broken).toBe(0);
  });

  it('answers while it stops with 503 to the readiness probe and closes each connection with its answer', async () => {
    const stopping = await startSecond(first, { ...env, SHUTDOWN_GRACE_SECONDS: '30' });
    const probe = () => stopping.visitor().call('/health/ready');
    expect((await probe()).status).toBe(200);
    const stopped = stopping.stop();
    await until(async () => (await probe()).status === 503, 'a readiness of 503');
    // A client that would keep the connection.
    const keeping = new Agent({ keepAlive: true });
    const answer = await new Promise<{ status: number; connection: string | undefined }>(
      (resolve, reject) => {
        request(
          `${stopping.url}/api/v1/credits/balance`,
          { agent: keeping, headers: { authorization: `Bearer ${accounts[0]?.token ?? ''}` } },
          ({ statusCode = 0, headers: { connection } }) => {
            resolve({ status: statusCode, connection });
          },
        )
          .on('error', reject)
          .end();
      },
    );
    keeping.destroy();
    expect(answer).toEqual({ status: 200, connection: 'close' });
    expect((await stopping.visitor().call('/health/live')).status).toBe(200);
    await stopping.kill();
    await stopped;
  });
});
