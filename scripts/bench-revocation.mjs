// How long a second instance goes on passing a token that the first one has revoked: from the answer to the logout on one
// to the first 401 on the other. Prints median and worst, and fails when the worst is above 50 ms.
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { ask, median, startService } from './bench-service.mjs';

const rounds = Number(process.argv[2] ?? 100);
const allowedMs = 50;
await build();
const first = await startService();
const note = join(first.home, 'postgres-place');
const cluster = existsSync(note) ? readFileSync(note, 'utf8').trim() : join(first.home, 'postgres');
const { app } = JSON.parse(readFileSync(join(cluster, 'passwords.json'), 'utf8'));
const port = readFileSync(join(cluster, 'data', 'postmaster.pid'), 'utf8').split('\n')[3];
const { JWT_SECRET } = JSON.parse(readFileSync(join(first.home, 'secrets.json'), 'utf8'));
const second = await startService({
  DATABASE_URL: `postgres://velro_app:${app}@127.0.0.1:${port}/velro`,
  JWT_SECRET,
});
const auth = (service, path, rest) => ask(service.url, { path: `/api/v1/auth/${path}`, ...rest });

try {
  const delays = [];
  for (let at = 1; at <= rounds; at++) {
    const body = { email: `${randomUUID()}@example.com`, password: 'tall-otter-paints-9-quiet-bridges' };
    const { json } = await auth(first, 'register', { method: 'POST', body, at });
    const token = json.access_token;
    const before = await auth(second, 'session', { token, at });
    if (before.status !== 200) throw new Error(`the second instance answered ${before.status}`);
    const { status } = await auth(first, 'logout', { method: 'POST', body: {}, token, at });
    if (status !== 204) throw new Error(`the logout answered ${status}`);
    const start = performance.now();
    let asked = start;
    for (let tries = 0; tries < 90; tries++) {
      asked = performance.now();
      if ((await auth(second, 'session', { token, at })).status === 401) break;
    }
    // When the question was put whose answer was no: a token is not passed any more from then on.
    delays.push(asked - start);
  }
  const worst = Math.max(...delays);
  process.stdout.write(
    `${rounds} revocations: refused by the second instance after ${median(delays).toFixed(1)} ms (median), ${worst.toFixed(1)} ms (worst)\n`,
  );
  process.exitCode = worst <= allowedMs ? 0 : 1;
} finally {
  await second.stop();
  await first.stop();
}
