// Benchmark of the webhook of Messenger while the language model hangs: acknowledgements of single messages one after the other, one
// batch of a thousand, and as many messages a second as twenty senders get acknowledged. Each is stored in the embedded database first.
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { median, say } from './support/figures.ts';
import { startService } from './support/service.ts';

const aims = { p99Ms: 50, thousandMs: 200, perSecond: 500 };
const rounds = { single: 500, thousand: 9, seconds: 5, senders: 20 };

const secret = randomBytes(16).toString('hex');
const page = '104329857210001';
// Neither the model nor Meta answers.
const hanging = createServer(() => undefined);
await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve));
const nowhere = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}`;
const service = await startService({
  FACEBOOK_PAGE_ACCESS_TOKEN: randomBytes(40).toString('hex'),
  FACEBOOK_VERIFY_TOKEN: randomBytes(16).toString('hex'),
  FACEBOOK_APP_SECRET: secret,
  FACEBOOK_GRAPH_URL: nowhere,
  AI_PROVIDER: 'gemini',
  GEMINI_API_KEY: 'key-of-the-provider',
  GEMINI_BASE_URL: nowhere,
});

const messageOf = (): object => ({
  sender: { id: String(7_000_000_000 + Math.floor(Math.random() * 5000)) },
  recipient: { id: page },
  timestamp: Date.now(),
  message: {
    mid: `m_${randomUUID()}`,
    text: 'What is the answer to everything, and when do you open on Sundays?',
  },
});

/** Milliseconds until a batch of so many is acknowledged. @throws Error unless it is */
async function deliver(count: number): Promise<number> {
  const body = JSON.stringify({
    object: 'page',
    entry: [{ id: page, time: Date.now(), messaging: Array.from({ length: count }, messageOf) }],
  });
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  const start = performance.now();
  const answer = await fetch(`${service.url}/webhook/messenger`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature },
  });
  await answer.text();
  if (!answer.ok) throw new Error(`the batch was answered ${answer.status}`);
  return performance.now() - start;
}

let misses = 0;
function report(text: string, isMet: boolean): void {
  if (!isMet) misses++;
  say(`${isMet ? 'ok  ' : 'MISS'} ${text}`);
}

try {
  for (let warm = 0; warm < 50; warm++) await deliver(1);
  const single: number[] = [];
  for (let round = 0; round < rounds.single; round++) single.push(await deliver(1));
  const p99 = single.toSorted((one, other) => one - other)[Math.floor(single.length * 0.99)] ?? Infinity;
  report(
    `acknowledged with p99 ${p99.toFixed(1)} ms, median ${median(single).toFixed(1)} ms (aim ${aims.p99Ms})`,
    p99 <= aims.p99Ms,
  );
  const thousand: number[] = [];
  for (let round = 0; round < rounds.thousand; round++) thousand.push(await deliver(1000));
  report(
    `a thousand messages in one batch: ${median(thousand).toFixed(0)} ms (aim ${aims.thousandMs})`,
    median(thousand) <= aims.thousandMs,
  );
  let taken = 0;
  const end = performance.now() + rounds.seconds * 1000;
  await Promise.all(
    Array.from({ length: rounds.senders }, async () => {
      for (; performance.now() < end; taken++) await deliver(1);
    }),
  );
  const perSecond = taken / rounds.seconds;
  report(`${perSecond.toFixed(0)} messages a second (aim ${aims.perSecond})`, perSecond >= aims.perSecond);
} finally {
  await service.stop();
  hanging.closeAllConnections();
  hanging.close();
}
if (misses > 0) process.exitCode = 1;
