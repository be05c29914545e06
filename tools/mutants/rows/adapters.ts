import type { Mutant } from '../mutant.ts';

const revocations = 'src/adapters/postgres/postgres-revocations.ts';
const replica = 'src/adapters/postgres/revocation-replica.ts';
const replicaSpec = ['src/adapters/postgres/revocation-replica.spec.ts'];

export const adapterMutants: readonly Mutant[] = [
  {
    title: 'a blacklist that is longer than the replica is taken for complete at its load',
    file: revocations,
    find: '.limit(this.capacity + 1)',
    replace: '.limit(this.capacity)',
    specs: ['src/adapters/postgres/postgres-revocations.spec.ts'],
  },
  {
    title: 'a load that was overtaken by a reconnect opens the replica',
    file: revocations,
    find: 'if (mine !== this.generation) return;',
    replace: '',
    specs: ['src/adapters/postgres/postgres-revocations.spec.ts'],
  },
  {
    title: 'a replica passes tokens though its feed is silent',
    file: revocations,
    find: 'performance.now() - this.notifications.lastHeartbeat() > silenceLimitMs',
    replace: 'performance.now() < 0',
    specs: ['test/faults/feed.spec.ts'],
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
    file: 'src/threats/block-list.ts',
    find: 'block.expiresAt.getTime() >= other.expiresAt.getTime()',
    replace: 'block.expiresAt.getTime() >= 0',
    specs: ['src/threats/block-list.spec.ts'],
    cheap: true,
  },
];
