import type { Mutant } from '../../mutant.ts';

const heartbeat = 'src/adapters/postgres/notifications/heartbeat.ts';
const heartbeatSpec = ['src/adapters/postgres/notifications/heartbeat.spec.ts'];

/** The heartbeats that all instances share. */
export const heartbeatMutants: readonly Mutant[] = [
  {
    title: 'a heartbeat that waited on the socket counts from when it was read',
    file: heartbeat,
    find: 'this.latest = sentAt;',
    replace: 'this.latest = now;',
    specs: heartbeatSpec,
    cheap: true,
  },
  {
    title: 'anybody may send heartbeats',
    file: heartbeat,
    find: 'if (!this.macs(told).some((own) => equalInConstantTime(own, mac))) return;',
    replace: '',
    specs: heartbeatSpec,
    cheap: true,
  },
  {
    title: 'a heartbeat counts that seems to be sent later than now',
    file: heartbeat,
    find: 'if (sentAt > now) {',
    replace: 'if (sentAt === Infinity) {',
    specs: heartbeatSpec,
    cheap: true,
  },
  {
    title: 'heartbeats seem old after an answer of the database that took long',
    file: heartbeat,
    find: 'known > latest ? earliest : Math.max(earliest, known)',
    replace: 'earliest',
    specs: heartbeatSpec,
    cheap: true,
  },
  {
    title: 'a clock that was set is not believed',
    file: heartbeat,
    find: 'known > latest ? earliest : Math.max(earliest, known)',
    replace: 'Math.max(earliest, known)',
    specs: heartbeatSpec,
    cheap: true,
  },
  {
    title: 'every instance sends its own heartbeats',
    file: heartbeat,
    find: 'this.due = sentAt + beatEveryMs + (isOwn ? 0 : beatAloneMs + Math.random() * beatJitterMs);',
    replace: 'if (isOwn) this.due = sentAt + beatEveryMs;',
    specs: ['src/adapters/postgres/notifications/shared-heartbeat.spec.ts', ...heartbeatSpec],
  },
];
