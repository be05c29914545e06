import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import { answers, WebhookReceiver } from '../support/http/webhook-receiver.js';
import { withPolicy } from '../support/process/policy.js';
import { Service } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

const path = '/ping/canary-of-the-monitor';
/** Reads the metrics. */
const token = randomBytes(32).toString('hex');

describe('a monitor elsewhere', () => {
  let monitor: WebhookReceiver;
  let service: Service;
  beforeAll(async () => {
    monitor = await WebhookReceiver.start();
    service = await Service.start({
      HEALTH_PING_ENABLED: 'true',
      HEALTH_PING_URL: monitor.at(path),
      METRICS_ENABLED: 'true',
      METRICS_TOKEN: token,
      ...withPolicy({ healthPingPolicy: { everyMs: 100 } }),
    });
  });
  afterAll(async () => {
    await service.discard();
    await monitor.stop();
  });

  const lastSuccess = async (): Promise<number> => {
    const { text } = await service.visitor().call('/metrics', { token });
    return Number(/^health_ping_last_success (\S+)$/m.exec(text)?.[1]);
  };
  const warnings = () =>
    service.lines().filter(({ msg }) => msg === 'the monitor was not told that the service is healthy');

  it('is told again and again while the service is healthy, and a metric says when it took it', async () => {
    const [first] = await monitor.until(path, 2);
    expect([first?.body, first?.headers['user-agent']]).toEqual(['', 'velro-health']);
    expect(Math.abs((await lastSuccess()) * 1000 - Date.now())).toBeLessThan(240_000);
  });

  it('that answers with an error, or sends elsewhere, is said not to have been told, and its address is in no line', async () => {
    monitor.at('/elsewhere');
    for (const reaction of [answers(500), answers(302, { location: monitor.at('/elsewhere') })]) {
      const before = warnings().length;
      monitor.at(path, reaction);
      await until(() => warnings().length > before, 'a line about it');
    }
    expect(monitor.of('/elsewhere')).toEqual([]);
    expect(service.printed).not.toContain('canary-of-the-monitor');
    monitor.at(path);
    await monitor.until(path, monitor.of(path).length + 1);
  });

  it('is told nothing while the database takes no writes, and again afterwards', async () => {
    const health = async () => (await service.visitor().call('/health')).json.status;
    const change = async (sql: string): Promise<void> => {
      await ask(service.home, sql);
      await ask(
        service.home,
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'velro_app' and pid <> pg_backend_pid()",
      );
    };
    await change('alter role velro_app set default_transaction_read_only = on');
    // The connections that ended are away for a moment, too.
    await until(async () => {
      const { json } = await service.visitor().call('/health/ready');
      return json.writes === 'down' && json.database === 'up';
    }, 'a service that knows of it');
    // One may have been on its way.
    const told = monitor.of(path).length;
    // Several times as long as the pause between two.
    for (let look = 0; look < 30; look++) {
      expect(await health()).toBe('degraded');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(monitor.of(path).length).toBeLessThanOrEqual(told + 1);
    await change('alter role velro_app reset default_transaction_read_only');
    await until(async () => (await health()) === 'healthy', 'a service that is healthy again');
    await monitor.until(path, told + 3);
  });
});
