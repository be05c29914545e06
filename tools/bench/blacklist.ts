// Benchmark of the revocation replica with a million entries: memory, and the time of a check as a ratio.
import { randomUUID } from 'node:crypto';
import { build } from '../build.ts';
import { collectedHeap, median, nanosecondsSince, say } from './support/figures.ts';

await build();
const { RevocationReplica } = await import('#dist/src/adapters/postgres/revocation-replica.js');
const entries = 1_000_000;
const allowed = { megabytes: 200, times: 3 };
const [turns, rounds] = [5, 200];

const before = collectedHeap();
const replica = new RevocationReplica();
for (let at = 0; at < entries; at++)
  replica.add(at % 2 === 0 ? 'jti' : 'sid', randomUUID(), null, 2_000_000_000);
const megabytes = (collectedHeap() - before) / 1e6;

// What a check is compared with: looking the same three ids up in sets of the same size, in turns of the same run.
const [ids, sessions, users] = [new Set<string>(), new Set<string>(), new Set<string>()];
for (let at = 0; at < entries / 2; at++) {
  ids.add(randomUUID());
  sessions.add(randomUUID());
}
const claims = Array.from({ length: 1000 }, () => ({
  jti: randomUUID(),
  sid: randomUUID(),
  sub: randomUUID(),
  ver: 1,
  iat: 1,
}));
type Claims = (typeof claims)[number];
let held = 0;

/** Nanoseconds of one check. */
function timed(check: (one: Claims) => boolean): number {
  const start = process.hrtime.bigint();
  for (let round = 0; round < rounds; round++) for (const one of claims) if (check(one)) held++;
  return nanosecondsSince(start) / (rounds * claims.length);
}

const [checks, lookups]: [number[], number[]] = [[], []];
for (let turn = 0; turn < turns; turn++) {
  checks.push(timed((one) => replica.holds(one)));
  lookups.push(timed(({ jti, sid, sub }) => ids.has(jti) || sessions.has(sid) || users.has(sub)));
}
const [check, lookup] = [median(checks), median(lookups)];
const times = check / lookup;
say(
  `${replica.size} entries: ${megabytes.toFixed(0)} MB (at most ${allowed.megabytes}), a check ${check.toFixed(0)} ns, ` +
    `looking its ids up in sets ${lookup.toFixed(0)} ns: ${times.toFixed(1)} times (at most ${allowed.times}; ${held} held)`,
);
process.exitCode =
  replica.size === entries && held === 0 && megabytes <= allowed.megabytes && times <= allowed.times ? 0 : 1;
