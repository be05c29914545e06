// Timing side channel of sign-in: wrong passwords for known and unknown accounts, in interleaved pairs, one at a time.
// Prints both medians and their difference, and fails when that is above a millisecond.
import { randomUUID } from 'node:crypto';
import { build } from '../build.ts';
import { median, say } from './support/figures.ts';
import { ask, startService, type Answer } from './support/service.ts';

const pairs = Number(process.argv[2] ?? 500);
const allowedMs = 1;
await build();
const service = await startService();
const post = (path: string, body: object, at: number): Promise<Answer> =>
  ask(service.url, { method: 'POST', path: `/api/v1/auth/${path}`, body, at });

try {
  // Each account stays below its limit of failed sign-ins.
  const accounts: string[] = [];
  for (let at = 0; at < Math.ceil(pairs / 50); at++) {
    const email = `${randomUUID()}@example.com`;
    await post('register', { email, password: 'tall-otter-paints-9-quiet-bridges' }, 2_000_000 + at);
    accounts.push(email);
  }
  const times = { known: [] as number[], unknown: [] as number[] };
  for (let at = -10; at < pairs; at++) {
    const known = accounts[(at + 10) % accounts.length] ?? '';
    const sides = [
      { side: 'known', email: known },
      { side: 'unknown', email: `${randomUUID()}@example.com` },
    ] as const;
    // The order alternates from pair to pair.
    for (const { side, email } of at % 2 === 0 ? sides : sides.toReversed()) {
      const body = { email, password: 'wrong-otter-paints-9-quiet-bridges' };
      const { status, ms } = await post('login', body, (at + 20) * 2 + (side === 'known' ? 0 : 1));
      if (status !== 401) throw new Error(`a sign-in answered ${status}`);
      if (at >= 0) times[side].push(ms);
    }
  }
  const [known, unknown] = [median(times.known), median(times.unknown)];
  const difference = Math.abs(known - unknown);
  say(
    `${pairs} pairs: known ${known.toFixed(2)} ms, unknown ${unknown.toFixed(2)} ms, difference of the medians ${difference.toFixed(2)} ms`,
  );
  process.exitCode = difference <= allowedMs ? 0 : 1;
} finally {
  await service.stop();
}
