// A process with a share of the simulated instances: each with its connection of notifications and its replica of revocations, as a service has them,
// and without the rest of it. They share a pool, which a service would have for itself. Asked and answered by messages.
import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Order, Report } from './messages.ts';

const { Secret } = await import('#dist/config/values/secret.js');
const { databaseLimits } = await import('#dist/config/policy/operations/database.js');
const { PostgresDatabase } = await import('#dist/src/adapters/postgres/postgres-database.js');
const { PostgresNotifications } =
  await import('#dist/src/adapters/postgres/notifications/postgres-notifications.js');
const { PostgresRevocations } = await import('#dist/src/adapters/postgres/postgres-revocations.js');
const { channels } = await import('#dist/src/ports/notifications.js');

const moment = (): number => performance.timeOrigin + performance.now();
const tell = (report: Report): void => {
  process.send?.(report);
};

interface Instance {
  readonly notifications: InstanceType<typeof PostgresNotifications>;
  readonly revocations: InstanceType<typeof PostgresRevocations>;
}
const instances: Instance[] = [];
let database: InstanceType<typeof PostgresDatabase> | null = null;
let progress: number[] = [];

async function start({ count, url, secret }: Extract<Order, { kind: 'start' }>): Promise<void> {
  database = new PostgresDatabase(new Secret(url), () => undefined, { ...databaseLimits, poolSize: 10 });
  await database.warm();
  const key = { current: new Secret(secret), previous: null };
  for (let at = 0; at < count; at++) {
    const notifications = new PostgresNotifications(
      new Secret(url),
      Object.values(channels),
      () => undefined,
      key,
    );
    const revocations = new PostgresRevocations(database, notifications, () => undefined);
    notifications.subscribe(channels.generations, (told) => {
      const sentAt = Number(told.split(':')[0]);
      if (sentAt > 0) progress.push(moment() - sentAt);
    });
    revocations.open();
    notifications.open();
    await revocations.ready(60_000);
    instances.push({ notifications, revocations });
  }
  tell({ kind: 'started' });
}

/** When each instance refuses the token; it is asked every two milliseconds. */
async function watch(jti: string): Promise<void> {
  const claims = { jti, sid: 'none', sub: 'none', ver: 1, iat: Math.floor(Date.now() / 1000) };
  const seen: number[] = [];
  let waiting = [...instances];
  const until = moment() + 10_000;
  tell({ kind: 'watching' });
  while (waiting.length > 0 && moment() < until) {
    waiting = waiting.filter(({ revocations }) => {
      // One that answers nobody at present has not heard of it for that reason.
      if (!revocations.isFresh() || revocations.isKnownToLive(claims)) return true;
      seen.push(moment());
      return false;
    });
    await sleep(2);
  }
  tell({ kind: 'seen', at: seen, missed: waiting.length });
}

/** The first instance announces so many generations a second. */
async function announce(perSecond: number, seconds: number): Promise<void> {
  const [first] = instances;
  const until = moment() + seconds * 1000;
  const startedAt = moment();
  for (let sent = 0; moment() < until;) {
    const due = ((moment() - startedAt) / 1000) * perSecond;
    for (; sent < due; sent++)
      first?.notifications.announce(channels.generations, `${moment().toFixed(3)}:${sent}`);
    await sleep(5);
  }
  await sleep(1000);
  tell({ kind: 'announced' });
}

async function stop(): Promise<void> {
  for (const { notifications, revocations } of instances) {
    await revocations.close();
    await notifications.close();
  }
  await database?.close();
  process.exit(0);
}

process.on('message', (order: Order) => {
  if (order.kind === 'start') void start(order);
  else if (order.kind === 'watch') void watch(order.jti);
  else if (order.kind === 'announce') void announce(order.perSecond, order.seconds);
  else if (order.kind === 'progress') {
    tell({ kind: 'progress', ms: progress });
    progress = [];
  } else void stop();
});
