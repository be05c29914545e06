// What counting costs: a million addresses in memory, one hot bucket in memory, and one in Redis where it is installed.
// Fails above 300 MB.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.mjs';
import { findProgram } from './programs.mjs';

await build();
const { MemoryCounters } = await import('../dist/src/adapters/memory/memory-counters.js');
const { RedisCounters } = await import('../dist/src/adapters/redis/redis-counters.js');
const { Secret } = await import('../dist/config/values/secret.js');

const addresses = 1_000_000;
const allowedMegabytes = 300;
const clock = { now: () => Date.now() };
const rule = (rule, who, limit = 100) => ({
  name: `${rule}:${who}`,
  strategy: 'sliding_window',
  limit,
  windowSeconds: 60,
  whenAway: 'share',
});
const say = (text) => process.stdout.write(`${text}\n`);

/** Nanoseconds a decision. */
function timed(count, decide) {
  const start = process.hrtime.bigint();
  for (let at = 0; at < count; at++) decide(at);
  return Number(process.hrtime.bigint() - start) / count;
}

function memoryOfManyAddresses() {
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  const counters = new MemoryCounters(clock);
  const ns = timed(addresses, (at) => {
    const who = [10 + (at >> 24), (at >> 16) & 255, (at >> 8) & 255, at & 255].join('.');
    counters.take([rule('api_standard', who)]);
  });
  globalThis.gc();
  const megabytes = (process.memoryUsage().heapUsed - before) / 1e6;
  say(`${counters.size} addresses in memory: ${megabytes.toFixed(0)} MB, a decision ${ns.toFixed(0)} ns`);
  return megabytes;
}

function oneHotBucketInMemory() {
  const counters = new MemoryCounters(clock);
  const buckets = [rule('api_standard', 'hot')];
  const ns = timed(2_000_000, () => counters.take(buckets));
  say(`one hot bucket in memory: ${Math.round(1e9 / ns)} decisions a second`);
}

async function oneHotBucketInRedis(program) {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'velro-bench-redis-'));
  const server = spawn(
    program,
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await new Promise((resolve) =>
    server.stdout.on('data', (part) => String(part).includes('Ready to accept') && resolve()),
  );
  const counters = new RedisCounters(new Secret(`redis://127.0.0.1:${port}`), () => undefined);
  try {
    await counters.open();
    const buckets = [rule('api_standard', 'hot')];
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
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    say(
      `one hot bucket in Redis, ${clients} at a time: ${Math.round((clients * each) / seconds)} decisions a second, the slowest ${slowest.toFixed(0)} ms`,
    );
  } finally {
    counters.close();
    const exited = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGKILL');
    await exited;
    await rm(folder, { recursive: true, force: true });
  }
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

const megabytes = memoryOfManyAddresses();
oneHotBucketInMemory();
const program = await findProgram('redis-server');
if (program === null) say('redis-server is not on this machine: Redis was not measured');
else await oneHotBucketInRedis(program);
process.exitCode = megabytes <= allowedMegabytes ? 0 : 1;
