import type { Mutant } from '../../mutant.ts';

const heartbeat = 'src/adapters/postgres/notifications/heartbeat.ts';
const notifications = 'src/adapters/postgres/notifications/postgres-notifications.ts';
const heartbeatSpec = ['src/adapters/postgres/notifications/heartbeat.spec.ts'];
const sharedSpec = ['src/adapters/postgres/notifications/shared-heartbeat.spec.ts'];

/** The heartbeats that all instances share. */
export const heartbeatMutants: readonly Mutant[] = [
  {
    title: 'a heartbeat that waited on the socket counts from when it was read',
    file: heartbeat,
    find: 'const sentAt = this.zero.earliest - (now - this.clockAt) * drift + microseconds / 1000;',
    replace: 'const sentAt = now;',
    specs: heartbeatSpec,
  },
  {
    title: 'anybody may send heartbeats',
    file: heartbeat,
    find: 'if (!this.macs(told).some((own) => equalInConstantTime(own, mac))) return;',
    replace: '',
    specs: heartbeatSpec,
  },
  {
    title: 'a heartbeat counts that seems to be sent later than now',
    file: heartbeat,
    find: 'if (sentAt > now) return false;',
    replace: '',
    specs: heartbeatSpec,
  },
  {
    title: 'a heartbeat is held until a clock makes it true',
    file: heartbeat,
    find: 'if (unjudged !== null) this.judge(unjudged, answeredAt);',
    replace: 'if (unjudged !== null && !this.judge(unjudged, answeredAt)) this.unjudged = unjudged;',
    specs: heartbeatSpec,
  },
  {
    title: 'a heartbeat is sent as late as the clocks allow',
    file: heartbeat,
    find: 'now - this.zero.latest - (now - this.clockAt) * drift',
    replace: 'now - this.zero.earliest',
    specs: heartbeatSpec,
  },
  {
    title: 'a slow answer leaves what was known of the clocks',
    file: heartbeat,
    find: 'this.zero === null || latest - earliest > clockWidthMs',
    replace: 'this.zero === null',
    specs: heartbeatSpec,
  },
  {
    title: 'a clock that was set is not believed',
    file: heartbeat,
    find: 'both.earliest > both.latest ? { earliest, latest } : both',
    replace: 'both.earliest > both.latest ? known : both',
    specs: heartbeatSpec,
  },
  {
    title: 'clocks that were compared before a pause are believed behind it',
    file: heartbeat,
    find: 'this.clockAt < clocksSince || ',
    replace: '',
    specs: heartbeatSpec,
  },
  {
    title: 'every instance sends its own heartbeats',
    file: heartbeat,
    find: 'if (this.prove(sentAt)) this.due = now + beatEveryMs + beatAloneMs + Math.random() * beatJitterMs;',
    replace: 'this.prove(sentAt);',
    specs: [...sharedSpec, ...heartbeatSpec],
  },
  {
    title: 'heartbeats count on a new connection before anybody was told of it',
    file: notifications,
    find: 'if (this.client !== client) return;',
    replace: '',
    specs: sharedSpec,
    test: 'cut off',
  },
  {
    title: 'all instances that were cut off load everything at the same time',
    file: 'src/adapters/postgres/replica-feed.ts',
    find: '}, Math.random() * reloadSpreadMs).unref();',
    replace: '}, 0 * reloadSpreadMs).unref();',
    specs: ['src/adapters/postgres/replica-feed.spec.ts'],
  },
  {
    title: 'a deploy fails at a deadlock with what runs',
    file: 'src/adapters/postgres/apply-migrations.ts',
    find: "new Set(['55P03', '40P01'])",
    replace: "new Set(['55P03'])",
    specs: ['src/adapters/postgres/apply-migrations.spec.ts'],
  },
];
