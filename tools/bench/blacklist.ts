// Benchmark of the revocation replica with a million entries: memory, and time per check. Fails above 200 MB or two microseconds.
import { randomUUID } from 'node:crypto';
import { build } from '../build.ts';
import { collectedHeap, nanosecondsSince, say } from './support/figures.ts';

await build();
const { RevocationReplica } = await import('#dist/src/adapters/postgres/revocation-replica.js');
const entries = 1_000_000;
const allowed = { megabytes: 200, nanoseconds: 2000 };

const before = collectedHeap();
const replica = new RevocationReplica();
for (let at = 0; at < entries; at++)
  replica.add(at % 2 === 0 ? 'jti' : 'sid', randomUUID(), null, 2_000_000_000);
const megabytes = (collectedHeap() - before) / 1e6;

const claims = Array.from({ length: 1000 }, () => ({
  jti: randomUUID(),
  sid: randomUUID(),
  sub: randomUUID(),
  ver: 1,
  iat: 1,
}));
const rounds = 1000;
let held = 0;
const start = process.hrtime.bigint();
for (let round = 0; round < rounds; round++) for (const one of claims) if (replica.holds(one)) held++;
const nanoseconds = nanosecondsSince(start) / (rounds * claims.length);
say(
  `${replica.size} entries: ${megabytes.toFixed(0)} MB, a check ${nanoseconds.toFixed(0)} ns (${held} held)`,
);
process.exitCode =
  replica.size === entries && megabytes <= allowed.megabytes && nanoseconds <= allowed.nanoseconds ? 0 : 1;
