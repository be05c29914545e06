import type { Mutant } from '../mutant.ts';

const revocations = 'src/adapters/postgres/postgres-revocations.ts';
const feed = 'src/adapters/postgres/replica-feed.ts';
const revocationsSpec = ['src/adapters/postgres/postgres-revocations.spec.ts'];
const replica = 'src/adapters/postgres/revocation-replica.ts';
const replicaSpec = ['src/adapters/postgres/revocation-replica.spec.ts'];

export const adapterMutants: readonly Mutant[] = [
  {
    title: 'a load of the blacklist ends with its first page',
    file: feed,
    find: 'if (last === undefined || copy.replica.full) return copy;',
    replace: 'return copy;',
    specs: revocationsSpec,
    test: 'several pages',
  },
  {
    title: 'a look that began before a reconnect opens the replica',
    file: feed,
    find: 'this.lookedSince = connections;',
    replace: 'this.lookedSince = this.connections;',
    specs: revocationsSpec,
    test: 'latest connection',
  },
  {
    title: 'no token passes while the blacklist is loaded again',
    file: feed,
    find: 'if (this.copy !== null) this.reload();',
    replace: 'this.copy = null;',
    specs: revocationsSpec,
    test: 'old replica',
  },
  {
    title: 'every announcement of a stranger costs a look at the table',
    file: 'src/tasks/coalesced-task.ts',
    find: 'this.next ??= this.running',
    replace: 'this.next = this.running',
    specs: ['src/tasks/coalesced-task.spec.ts'],
    cheap: true,
  },
  {
    title: 'a process that stood still takes its feed for dead',
    file: 'src/adapters/postgres/postgres-notifications.ts',
    find: 'if (this.client === null || since > afterPauseMs) return null;',
    replace: 'if (since < Infinity) return null;',
    specs: revocationsSpec,
    test: 'stood still',
  },
  {
    title: 'a token that was revoked during a pause passes after it',
    file: revocations,
    find: '?.then(() => this.feed.onHint()) ?? null',
    replace: '?? null',
    specs: revocationsSpec,
    test: 'revoked meanwhile',
  },
  {
    title: 'a heartbeat that waited on the socket counts from when it was read',
    file: 'src/adapters/postgres/heartbeat.ts',
    find: 'Math.max(this.latest, sentAt)',
    replace: 'performance.now()',
    specs: ['src/adapters/postgres/heartbeat.spec.ts'],
    cheap: true,
  },
  {
    title: 'a replica passes tokens though its feed is silent',
    file: revocations,
    find: 'performance.now() - oldest > silenceLimitMs ? null : this.feed.replica',
    replace: 'performance.now() - oldest < 0 ? null : this.feed.replica',
    specs: ['test/faults/feed.spec.ts', ...revocationsSpec],
  },
  {
    title: 'a full replica forgets that it is full',
    file: replica,
    find: 'this.overflowed = true;',
    replace: 'this.overflowed = false;',
    specs: replicaSpec,
    cheap: true,
  },
  {
    title: 'a token of an older epoch lives',
    file: replica,
    find: '?? 0) > ver',
    replace: '?? 0) > ver + 1',
    specs: replicaSpec,
    cheap: true,
  },
  {
    title: 'a lower epoch replaces a higher one',
    file: replica,
    find: 'epoch: Math.max(epoch ?? 0, known?.epoch ?? 0),',
    replace: 'epoch: epoch ?? known?.epoch ?? 0,',
    specs: replicaSpec,
    cheap: true,
  },
  {
    title: 'an address that is no public one is asked for a file',
    file: 'src/network/public-address.ts',
    find: "return address.match(globalUnicast) && address.range() === 'unicast';",
    replace: "return address.match(globalUnicast) || address.range() === 'unicast';",
    specs: ['src/adapters/https/remote-target.spec.ts'],
    cheap: true,
  },
  {
    title: 'a private IPv4 address is asked for a file',
    file: 'src/network/public-address.ts',
    find: "if (address instanceof ipaddr.IPv4) return address.range() === 'unicast';",
    replace: "if (address instanceof ipaddr.IPv4) return address.range() !== 'loopback';",
    specs: ['src/adapters/https/remote-target.spec.ts'],
    cheap: true,
  },
  {
    title: 'soft evidence alone blocks an address',
    file: 'config/policy/perimeter/threats.ts',
    find: 'criticalNeedsHard: 30,',
    replace: 'criticalNeedsHard: 0,',
    specs: ['src/threats/threat-watch.spec.ts', 'src/threats/score.spec.ts'],
    cheap: true,
  },
  {
    title: 'a shorter block ends a longer one',
    file: 'src/threats/held-blocks.ts',
    find: 'if (other !== undefined && other.expiresAt > block.expiresAt) return;',
    replace: '',
    specs: ['src/threats/block-list.spec.ts'],
    cheap: true,
  },
];
