// Whether time tells known accounts from unknown ones: sign-ins with a wrong password, interleaved in pairs, one at a time.
// Prints both medians and their difference, and fails when that is above a millisecond.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const pairs = Number(process.argv[2] ?? 500);
const allowedMs = 1;
const root = fileURLToPath(new URL('..', import.meta.url));
await build();
const home = await mkdtemp(join(tmpdir(), 'velro-bench-'));
const service = spawn(process.execPath, [join(root, 'dist/src/main.js')], {
  env: { PATH: process.env.PATH ?? '', ENVIRONMENT: 'test', VELRO_HOME: home, PORT: '0', LOG_FORMAT: 'json' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const url = await new Promise((resolve) => {
  let text = '';
  service.stdout.on('data', (part) => {
    text += part;
    const found = /"url":"(http:[^"]+)"/.exec(text)?.[1];
    if (found) resolve(found);
  });
});

/** Each request from an address of its own: limits count by address, and are not what is measured. */
function post(path, body, at) {
  const payload = JSON.stringify(body);
  const localAddress = `127.${1 + ((at >> 14) % 250)}.${(at >> 7) % 128}.${1 + (at % 127)}`;
  const start = process.hrtime.bigint();
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) };
    const outgoing = request(
      `${url}/api/v1/auth/${path}`,
      { method: 'POST', agent: false, localAddress, headers },
      (incoming) => {
        incoming
          .resume()
          .on('end', () =>
            resolve({ status: incoming.statusCode, ms: Number(process.hrtime.bigint() - start) / 1e6 }),
          );
      },
    );
    outgoing.on('error', reject).end(payload);
  });
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
try {
  // No account is guessed at more often than its own limit allows.
  const accounts = [];
  for (let at = 0; at < Math.ceil(pairs / 50); at++) {
    const email = `${randomUUID()}@example.com`;
    await post('register', { email, password: 'tall-otter-paints-9-quiet-bridges' }, 2_000_000 + at);
    accounts.push(email);
  }
  const times = { known: [], unknown: [] };
  for (let at = -10; at < pairs; at++) {
    const sides = [
      ['known', accounts[(at + 10) % accounts.length]],
      ['unknown', `${randomUUID()}@example.com`],
    ];
    // Which side comes first changes from pair to pair.
    for (const [side, email] of at % 2 === 0 ? sides : sides.toReversed()) {
      const { status, ms } = await post(
        'login',
        { email, password: 'wrong-otter-paints-9-quiet-bridges' },
        (at + 20) * 2 + (side === 'known' ? 0 : 1),
      );
      if (status !== 401) throw new Error(`a sign-in answered ${status}`);
      if (at >= 0) times[side].push(ms);
    }
  }
  const [known, unknown] = [median(times.known), median(times.unknown)];
  const difference = Math.abs(known - unknown);
  process.stdout.write(
    `${pairs} pairs: known ${known.toFixed(2)} ms, unknown ${unknown.toFixed(2)} ms, difference of the medians ${difference.toFixed(2)} ms\n`,
  );
  process.exitCode = difference <= allowedMs ? 0 : 1;
} finally {
  service.kill('SIGTERM');
  await new Promise((resolve) => service.once('exit', resolve));
  await rm(home, { recursive: true, force: true });
}
