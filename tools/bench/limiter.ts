// Benchmark of the rate limiter: a million addresses in memory, one hot bucket in memory, and one in Redis if installed.
// Fails above 300 MB.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bucket } from '../../src/ports/counters.ts';
import { build } from '../build.ts';
import { findProgram } from '../test/programs.ts';
import { collectedHeap, nanosecondsSince, say } from './support/figures.ts';

await build();
const { MemoryCounters } = await import('#dist/src/adapters/memory/memory-counters.js');
const { RedisCounters } = await import('#dist/src/adapters/redis/redis-counters.js');
const { Secret } = await import('#dist/config/values/secret.js');

const addresses = 1_000_000;
const allowedMegabytes = 300;
const clock = { now: () => Date.now(), monotonic: () => Date.now() };
const bucketOf = (who: string): Bucket => ({
  name: `api_standard:${who}`,
  strategy: 'sliding_window',
  limit: 100,
  windowSeconds: 60,
  whenAway: 'share',
});

/** Nanoseconds per decision. */
function timed(count: number, decide: (at: number) => unknown): number {
  const start = process.hrtime.bigint();
  for (let at = 0; at < count; at++) decide(at);
  return nanosecondsSince(start) / count;
}

function memoryOfManyAddresses(): number {
  const before = collectedHeap();
  const counters = new MemoryCounters(clock);
  const ns = timed(addresses, (at) => {
    const who = [10 + (at >> 24), (at >> 16) & 255, (at >> 8) & 255, at & 255].join('.');
    return counters.take([bucketOf(who)]);
  });
  const megabytes = (collectedHeap() - before) / 1e6;
  say(`${counters.size} addresses in memory: ${megabytes.toFixed(0)} MB, a decision ${ns.toFixed(0)} ns`);
  return megabytes;
}

function oneHotBucketInMemory(): void {
  const counters = new MemoryCounters(clock);
  const buckets = [bucketOf('hot')];
  const ns = timed(2_000_000, () => counters.take(buckets));
  say(`one hot bucket in memory: ${Math.round(1e9 / ns)} decisions a second`);
}

async function oneHotBucketInRedis(program: string): Promise<void> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'velro-bench-redis-'));
  const server = spawn(
    program,
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  for await (const part of server.stdout) if (String(part).includes('Ready to accept')) break;
  const counters = new RedisCounters(new Secret(`redis://127.0.0.1:${port}`), () => undefined);
  try {
    await counters.open();
    const buckets = [bucketOf('hot')];
    const [clients, each] = [64, 500];
    let slowest = 0;
    const start = process.hrtime.bigint();
    await Promise.all(
      Array.from({ length: clients }, async () => {
        for (let at = 0; at < each; at++) {
          const from = performance.now();
          await counters.take(buckets);
          slowest = Math.max(slowest, performance.now() - from);
        }
      }),
    );
    const rate = Math.round((clients * each) / (nanosecondsSince(start) / 1e9));
    say(
      `one hot bucket in Redis, ${clients} at a time: ${rate} decisions a second, the slowest ${slowest.toFixed(0)} ms`,
    );
  } finally {
    counters.close();
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
    await rm(folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

const megabytes = memoryOfManyAddresses();
oneHotBucketInMemory();
const program = await findProgram('redis-server');
if (program === null) say('redis-server is not on this machine: Redis was not measured');
else await oneHotBucketInRedis(program);
process.exitCode = megabytes <= allowedMegabytes ? 0 : 1;
