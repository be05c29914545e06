// The mix of requests of an ordinary day: mostly reads of people who are signed in, sign-ins and orders beside them.
import { randomUUID } from 'node:crypto';
import autocannon from 'autocannon';
import { makePeople } from '../bench/support/people.ts';
import { ask, type Service } from '../bench/support/service.ts';
import { repeat, Statuses } from './scenario.ts';

/** How often each path comes among a hundred requests. */
const mix: readonly (readonly [count: number, path: string])[] = [
  [30, '/api/v1/auth/session'],
  [20, '/api/v1/generations?limit=20'],
  [15, '/api/v1/models'],
  [10, '/api/v1/credits/balance'],
  [8, '/api/v1/projects'],
  [7, '/api/v1/credits/transactions'],
  [5, '/api/v1/agents'],
  [5, '/health'],
];
const connections = 20;
const people = 4000;
/** Milliseconds between two sign-ups with an order and a sign-in. */
const newcomersEveryMs = 4000;

export interface Day {
  readonly seconds: number;
  /** Requests. */
  readonly requests: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly newcomers: string;
  readonly faults: readonly string[];
}

/** The mix in a fixed order in which the paths are spread evenly. */
function spread(): string[] {
  const total = mix.reduce((sum, [count]) => sum + count, 0);
  return mix
    .flatMap(([count, path]) =>
      Array.from({ length: count }, (_, at) => ({ path, at: ((at + 0.5) * total) / count })),
    )
    .sort((one, other) => one.at - other.at)
    .map(({ path }) => path);
}

/** Sends the mix for so many seconds, at `perSecond` requests a second in all, or as fast as answers come where it is 0. */
export async function day(service: Service, seconds: number, perSecond: number): Promise<Day> {
  const tokens = await makePeople(service, people);
  const paths = spread();
  const newcomers = new Statuses();
  const stop = repeat(1, (_, at) => newcomer(service, at, newcomers));
  let next = 0;
  const result = await autocannon({
    url: service.url,
    connections,
    duration: seconds,
    ...(perSecond === 0 ? {} : { overallRate: perSecond }),
    setupClient: (client) => {
      // Each client has people of its own, so that none comes often enough for a limit.
      const from = (next++ * people) / connections;
      const requests = Array.from({ length: people / connections }, (_, at) => ({
        method: 'GET',
        path: paths[(from + at) % paths.length] ?? '/',
        headers: { authorization: `Bearer ${tokens[from + at] ?? ''}` },
      }));
      client.setRequests(requests);
    },
  });
  await stop();
  return {
    seconds,
    requests: result.requests.total,
    perSecond: result.requests.average,
    p50: result.latency.p50,
    p99: result.latency.p99,
    newcomers: String(newcomers),
    faults: [
      ...Object.entries(result.statusCodeStats ?? {})
        .filter(([status]) => status !== '200')
        .map(([status, { count }]) => `${count} answers ${status}`),
      ...(result.errors > 0 ? [`${result.errors} connections failed`] : []),
      ...newcomers.faults([200, 201, 202]),
    ],
  };
}

/** Signs up, orders a picture and signs in again, then waits. */
async function newcomer(service: Service, at: number, statuses: Statuses): Promise<void> {
  const began = performance.now();
  const address = 2_000_000 + Math.floor(Math.random() * 1_000_000);
  const account = { email: `${randomUUID()}@example.com`, password: 'tall-otter-paints-9-quiet-bridges' };
  const post = (path: string, body: object, token?: string) =>
    ask(service.url, { method: 'POST', path: `/api/v1${path}`, body, token, at: address });
  const signedUp = await post('/auth/register', account);
  statuses.add(signedUp.status);
  const token = String(signedUp.json['access_token']);
  const parameters = { width: 256, height: 256 };
  const order = { model_id: 'velro/canvas', prompt: `a lighthouse, the ${at}th`, parameters };
  statuses.add((await post('/generations', order, token)).status);
  statuses.add((await post('/auth/login', account)).status);
  await new Promise((resolve) =>
    setTimeout(resolve, Math.max(0, began + newcomersEveryMs - performance.now())),
  );
}
