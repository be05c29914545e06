// Benchmark of revocation across instances: time from the logout response of one instance to the first 401 of the other.
// Prints median and worst, and fails when the worst is above 50 ms.
import { build } from '../build.ts';
import { urlsOf } from './support/embedded-database.ts';
import { median, say } from './support/figures.ts';
import {
  ask,
  jwtSecretOf,
  register,
  startService,
  type Answer,
  type Asked,
  type Service,
} from './support/service.ts';

const rounds = Number(process.argv[2] ?? 100);
const allowedMs = 50;
await build();
const first = await startService();
const second = await startService({
  DATABASE_URL: urlsOf(first.home).app(),
  JWT_SECRET: jwtSecretOf(first),
});
const auth = (service: Service, path: string, rest: Omit<Asked, 'path'>): Promise<Answer> =>
  ask(service.url, { path: `/api/v1/auth/${path}`, ...rest });

try {
  const delays: number[] = [];
  for (let at = 1; at <= rounds; at++) {
    const token = await register(first, at);
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
    // The start of the request that was refused: the token is revoked from then on.
    delays.push(asked - start);
  }
  const worst = Math.max(...delays);
  say(
    `${rounds} revocations: refused by the second instance after ${median(delays).toFixed(1)} ms (median), ${worst.toFixed(1)} ms (worst)`,
  );
  process.exitCode = worst <= allowedMs ? 0 : 1;
} finally {
  await second.stop();
  await first.stop();
}
