// What the protections cost on a route that asks no database: requests per second and p99 of GET /api/v1/auth/session,
// against a bare Fastify route that verifies the same tokens and against a stock Nest route, interleaved in one run. Then
// the same GET while sign-ins saturate the service. Prints the ratios, and fails when one misses its aim.
import { createHmac, randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { build } from './build.mjs';
import { ask, median, startService } from './bench-service.mjs';

const rounds = Number(process.argv[2] ?? 5);
const seconds = Number(process.argv[3] ?? 4);
const path = '/api/v1/auth/session';
const aims = { ofBare: 0.8, ofStock: 2, p99OfBare: 2, p99WhileSaturated: 3 };
// Many people with few requests each: limits count by person, and are on.
const people = 8000;

await build();
const velro = await startService({ THREAT_RESPONSES: 'enforce' });
const { JWT_SECRET } = JSON.parse(readFileSync(join(velro.home, 'secrets.json'), 'utf8'));
const [bare, stock] = await Promise.all(['bare-route', 'stock-route'].map(startBeside));
const tokens = await mintTokens();

try {
  const results = { velro: [], bare: [], stock: [] };
  for (let round = -1; round < rounds; round++) {
    for (const [name, { url }] of Object.entries({ bare, velro, stock })) {
      const result = await load(url, round < 0 ? 2 : seconds);
      if (result.non2xx > 0) throw new Error(`${name} refused ${result.non2xx} requests`);
      // The first round warms up.
      if (round >= 0) results[name].push({ rate: result.requests.average, p99: result.latency.p99 });
    }
  }
  const of = (name, figure) => median(results[name].map((result) => result[figure]));
  const ratios = {
    ofBare: of('velro', 'rate') / of('bare', 'rate'),
    ofStock: of('velro', 'rate') / of('stock', 'rate'),
    p99OfBare: of('velro', 'p99') / Math.max(1, of('bare', 'p99')),
  };
  for (const name of Object.keys(results))
    console.log(
      `${name.padEnd(6)} ${of(name, 'rate').toFixed(0).padStart(6)} requests/s, p99 ${of(name, 'p99')} ms`,
    );
  console.log(
    `of the bare route ${ratios.ofBare.toFixed(2)} (aim ${aims.ofBare}), of the stock route ${ratios.ofStock.toFixed(2)} (aim ${aims.ofStock}), p99 of the bare route's ${ratios.p99OfBare.toFixed(2)} (at most ${aims.p99OfBare})`,
  );

  const quiet = await paced();
  const stop = saturate();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const busy = await paced();
  const logins = await stop();
  const saturated = busy / quiet;
  console.log(
    `p99 at an even pace: quiet ${quiet.toFixed(2)} ms, while ${logins} sign-ins on four connections saturate it ${busy.toFixed(2)} ms: ${saturated.toFixed(2)} times (at most ${aims.p99WhileSaturated})`,
  );
  const missed =
    ratios.ofBare < aims.ofBare ||
    ratios.ofStock < aims.ofStock ||
    ratios.p99OfBare > aims.p99OfBare ||
    saturated > aims.p99WhileSaturated;
  process.exitCode = missed ? 1 : 0;
} finally {
  await Promise.all([velro.stop(), bare.stop(), stock.stop()]);
}

/** Each connection speaks for people of its own, one after the other. */
function load(url, duration) {
  const connections = 50;
  const share = Math.floor(tokens.length / connections);
  let next = 0;
  const setupClient = (client) => {
    const own = tokens.slice(next, next + share);
    next += share;
    client.setRequests(
      own.map((token) => ({ method: 'GET', path, headers: { authorization: `Bearer ${token}` } })),
    );
  };
  return autocannon({ url, connections, duration, setupClient });
}

/** Signed as the service signs, for people whom no route asks about here. */
async function mintTokens() {
  const { json } = await ask(velro.url, {
    method: 'POST',
    path: '/api/v1/auth/register',
    body: { email: `${randomUUID()}@example.com`, password: 'tall-otter-paints-9-quiet-bridges' },
  });
  const [head, body] = json.access_token.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
  return Array.from({ length: people }, () => {
    const own = { ...claims, sub: randomUUID(), sid: randomUUID(), jti: randomUUID() };
    const message = `${head}.${Buffer.from(JSON.stringify(own)).toString('base64url')}`;
    return `${message}.${createHmac('sha512', JWT_SECRET).update(message).digest('base64url')}`;
  });
}

/** p99 of requests that come at an even pace of 200 a second, in milliseconds. */
async function paced() {
  const times = [];
  const waiting = [];
  for (let at = 0; at < 1600; at++) {
    waiting.push(
      ask(velro.url, { path, token: tokens[(at * 7) % tokens.length], at }).then(({ ms }) => times.push(ms)),
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await Promise.all(waiting);
  return times.toSorted((one, other) => one - other)[Math.floor(times.length * 0.99)];
}

/** Sign-ins with a wrong password on four connections, each from an address of its own. */
function saturate() {
  let going = true;
  let count = 0;
  const one = async (lane) => {
    for (let at = 0; going; at++, count++) {
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
    going = false;
    await Promise.all(lanes);
    return count;
  };
}

async function startBeside(name) {
  const child = spawn(process.execPath, [fileURLToPath(new URL(`bench/${name}.mjs`, import.meta.url))], {
    env: { ...process.env, JWT_SECRET },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise((resolve, reject) => {
    child.stdout.on('data', (part) => resolve(JSON.parse(String(part)).url));
    child.once('exit', () => reject(new Error(`${name} did not start`)));
  });
  return {
    url,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', resolve);
        child.kill('SIGTERM');
      }),
  };
}
