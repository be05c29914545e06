// Benchmark of a route without database access: requests per second and p99 of GET /api/v1/auth/session,
// against a bare Fastify route that verifies the same tokens and against a stock Nest route, interleaved in one run. Then
// the same GET while sign-ins saturate the service. Prints the ratios, and fails when one misses its aim.
import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import autocannon, { type Result } from 'autocannon';
import { build } from '../build.ts';
import { median, say } from './support/figures.ts';
import { ask, jwtSecretOf, register, startService } from './support/service.ts';
import { signedFor } from './support/tokens.ts';

const rounds = Number(process.argv[2] ?? 5);
const seconds = Number(process.argv[3] ?? 4);
const path = '/api/v1/auth/session';
const aims = { ofBare: 0.8, ofStock: 2, p99OfBare: 2, p99WhileSaturated: 3 };
// Many users with few requests each, because rate limits per user are enabled.
const people = 8000;

await build();
const velro = await startService({ THREAT_RESPONSES: 'enforce' });
const bare = await startBeside('bare-route');
const stock = await startBeside('stock-route');
const tokens = signedFor(
  velro,
  await register(velro),
  Array.from({ length: people }, () => randomUUID()),
);

try {
  const ratios = await compare();
  const saturated = await whileSaturated();
  const missed =
    ratios.ofBare < aims.ofBare ||
    ratios.ofStock < aims.ofStock ||
    ratios.p99OfBare > aims.p99OfBare ||
    saturated > aims.p99WhileSaturated;
  process.exitCode = missed ? 1 : 0;
} finally {
  await Promise.all([velro.stop(), bare.stop(), stock.stop()]);
}

/** Measures the three routes alternately and compares their medians. */
async function compare(): Promise<{ ofBare: number; ofStock: number; p99OfBare: number }> {
  const sides = { bare, velro, stock };
  const results: Record<keyof typeof sides, { rate: number; p99: number }[]> = {
    velro: [],
    bare: [],
    stock: [],
  };
  const names = ['bare', 'velro', 'stock'] as const;
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      const result = await load(sides[name].url, round < 0 ? 8 : seconds);
      if (result.non2xx > 0) throw new Error(`${name} refused ${result.non2xx} requests`);
      // The first round warms up: V8 optimizes what was run some thousand times.
      if (round >= 0) results[name].push({ rate: result.requests.average, p99: result.latency.p99 });
    }
  }
  const of = (name: keyof typeof sides, figure: 'rate' | 'p99'): number =>
    median(results[name].map((result) => result[figure]));
  for (const name of names)
    say(`${name.padEnd(6)} ${of(name, 'rate').toFixed(0).padStart(6)} requests/s, p99 ${of(name, 'p99')} ms`);
  const ratios = {
    ofBare: of('velro', 'rate') / of('bare', 'rate'),
    ofStock: of('velro', 'rate') / of('stock', 'rate'),
    p99OfBare: of('velro', 'p99') / Math.max(1, of('bare', 'p99')),
  };
  say(
    `of the bare route ${ratios.ofBare.toFixed(2)} (aim ${aims.ofBare}), of the stock route ${ratios.ofStock.toFixed(2)} (aim ${aims.ofStock}), p99 of the bare route's ${ratios.p99OfBare.toFixed(2)} (at most ${aims.p99OfBare})`,
  );
  return ratios;
}

/** Compares the p99 at a constant rate with and without sign-ins that saturate the service. */
async function whileSaturated(): Promise<number> {
  const quiet = await paced();
  const stop = saturate();
  await pause(1000);
  const busy = await paced();
  const logins = await stop();
  const times = busy / quiet;
  say(
    `p99 at an even pace: quiet ${quiet.toFixed(2)} ms, while ${logins} sign-ins on four connections saturate it ${busy.toFixed(2)} ms: ${times.toFixed(2)} times (at most ${aims.p99WhileSaturated})`,
  );
  return times;
}

/** Each connection uses tokens of its own in sequence. */
function load(url: string, duration: number): Promise<Result> {
  const connections = 50;
  const share = Math.floor(tokens.length / connections);
  let next = 0;
  return autocannon({
    url,
    connections,
    duration,
    setupClient: (client) => {
      const own = tokens.slice(next, next + share);
      next += share;
      client.setRequests(
        own.map((token) => ({ method: 'GET', path, headers: { authorization: `Bearer ${token}` } })),
      );
    },
  });
}

/** p99 in milliseconds of requests at a constant rate of 200 per second. */
async function paced(): Promise<number> {
  const times: number[] = [];
  const waiting: Promise<unknown>[] = [];
  for (let at = 0; at < 1600; at++) {
    const token = tokens[(at * 7) % tokens.length];
    waiting.push(ask(velro.url, { path, token, at }).then(({ ms }) => times.push(ms)));
    await pause(5);
  }
  await Promise.all(waiting);
  return times.toSorted((one, other) => one - other)[Math.floor(times.length * 0.99)] ?? Infinity;
}

/** Sends sign-ins with a wrong password on four connections, each from a different address, until the returned function is called. */
function saturate(): () => Promise<number> {
  const until = new AbortController();
  let count = 0;
  const one = async (lane: number): Promise<void> => {
    for (let at = 0; !until.signal.aborted; at++, count++) {
      await ask(velro.url, {
        method: 'POST',
        path: '/api/v1/auth/login',
        body: { email: `${randomUUID()}@example.com`, password: 'wrong-otter-paints-9-quiet-bridges' },
        at: 100_000 + lane * 100_000 + at,
      });
    }
  };
  const lanes = [0, 1, 2, 3].map(one);
  return async () => {
    until.abort();
    await Promise.all(lanes);
    return count;
  };
}

/** Starts a comparison server (bare or stock) for the same route. */
async function startBeside(name: string): Promise<{ url: string; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, `support/${name}.ts`)], {
    env: { ...process.env, JWT_SECRET: jwtSecretOf(velro) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (part: Buffer) => {
      resolve((JSON.parse(part.toString()) as { url: string }).url);
    });
    child.once('exit', () => {
      reject(new Error(`${name} did not start`));
    });
  });
  return {
    url,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}
