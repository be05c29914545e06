// Benchmark of accepting generations: requests per second over HTTP, and database round trips per request.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import autocannon, { type Result } from 'autocannon';
import { urlsOf } from '../embedded-database.ts';
import { say } from '../figures.ts';
import { makePeople } from '../people.ts';
import { benchSwitch } from './switch.ts';
import { ask, jwtSecretOf, startService, type Service } from '../service.ts';
import { countStatements } from './statement-counter.ts';

type Env = Readonly<Record<string, string>>;

const aims = { perSecond: 300, roundTrips: 3 };
const [people, connections, seconds, singles] = [2000, 50, 10, 200];
const order = { model_id: 'fal-ai/flux-pro/v1.1-ultra', prompt: 'a lighthouse over a violet sea' };
const path = '/api/v1/generations';

/** A fake provider that accepts connections and never responds, with the environment variables that select it. */
export async function silentProvider(): Promise<{ env: Env; close(): void }> {
  const server = createServer(() => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    env: {
      GENERATION_PROVIDER: 'fal',
      FAL_KEY: `${randomUUID()}:bench`,
      FAL_QUEUE_URL: url,
      FAL_JWKS_URL: `${url}/jwks.json`,
      FAL_MEDIA_HOSTS: new URL(url).host,
      RATE_LIMIT_GENERATION_CREATE: '1000000/hour',
      RATE_LIMIT_API_STANDARD: '1000000/minute',
    },
    close() {
      server.close();
    },
  };
}

/** @returns whether every aim was met. @throws Error when a request is not accepted */
export async function benchAcceptance(service: Service, env: Env): Promise<boolean> {
  const tokens = await makePeople(service, people);
  const isCheap = await countRoundTrips(service, env, tokens);
  const { requests, non2xx, latency, duration } = await load(service.url, tokens);
  if (non2xx > 0) throw new Error(`${non2xx} orders were not accepted`);
  const rate = requests.total / duration;
  say(
    `accepted ${rate.toFixed(0)} a second on ${connections} connections (aim ${aims.perSecond}), p50 ${latency.p50} ms, p99 ${latency.p99} ms`,
  );
  const isObeyed = await benchSwitch(service, env, tokens);
  return isCheap && isObeyed && rate >= aims.perSecond;
}

/** Orders a second and their p99 in milliseconds, on as many connections as the benchmark of accepting has. @throws Error when a request is not accepted */
export async function acceptOn(
  url: string,
  tokens: readonly string[],
  duration: number,
): Promise<{ readonly perSecond: number; readonly p99: number }> {
  const { requests, non2xx, latency, duration: took } = await load(url, tokens, duration);
  if (non2xx > 0) throw new Error(`${non2xx} orders were not accepted`);
  return { perSecond: requests.total / took, p99: latency.p99 };
}

/** Each connection uses tokens of its own in sequence; every request has a new Idempotency-Key. */
function load(url: string, tokens: readonly string[], duration = seconds): Promise<Result> {
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
        own.map((token) => ({
          method: 'POST',
          path,
          body: JSON.stringify(order),
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          setupRequest: (request) => ({
            ...request,
            headers: { ...request.headers, 'idempotency-key': randomUUID() },
          }),
        })),
      );
    },
  });
}

/** Counts round trips of sequential requests, through an instance whose database connection passes a counting proxy. */
async function countRoundTrips(service: Service, env: Env, tokens: readonly string[]): Promise<boolean> {
  const urls = urlsOf(service.home);
  const counter = await countStatements(urls.port);
  const instance = await startService({
    ...env,
    JWT_SECRET: jwtSecretOf(service),
    DATABASE_URL: urls.app(counter.port),
  });
  try {
    const accept = async (token: string): Promise<void> => {
      const { status } = await ask(instance.url, {
        method: 'POST',
        path,
        body: order,
        token,
        headers: { 'idempotency-key': randomUUID() },
      });
      if (status !== 202) throw new Error(`an order was answered with ${status}`);
    };
    for (const token of tokens.slice(0, 40)) await accept(token);
    counter.take();
    for (const token of tokens.slice(0, singles)) await accept(token);
    const asked = counter.take().map(kindOf);
    const each = (kind: Asker): number => asked.filter((one) => one === kind).length / singles;
    say(
      `an order with a key asks the database ${each('order').toFixed(2)} times (at most ${aims.roundTrips}), its dispatcher ${each('dispatcher').toFixed(2)} times, and beside both ${each('other').toFixed(2)}`,
    );
    return each('order') <= aims.roundTrips;
  } finally {
    await instance.stop();
    counter.close();
  }
}

type Asker = 'order' | 'dispatcher' | 'other';

/** Classifies a statement by its text; unknown statements count for the order. */
function kindOf(text: string): Asker {
  if (text.includes('skip locked') || /^update "velro"."generations" set "due_at"/.test(text))
    return 'dispatcher';
  return /pg_notify|pgboss|provider_callbacks/.test(text) ? 'other' : 'order';
}
