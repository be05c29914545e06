// What a call by the typed client takes beside a bare `fetch` that does the same: token, GET, parsed JSON. Both are built code in
// one process, call by call in turn, against a loopback server on a thread of its own. Prints medians, ratio and difference.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { buildClient } from '../client/build.ts';
import { median, nanosecondsSince, say } from './support/figures.ts';

type ClientModule = typeof import('../../client/src/index.js');

const warmUp = 2000;
const rounds = Number(process.argv[2] ?? 8000);

const server = `
  const { createServer } = require('node:http');
  const { parentPort } = require('node:worker_threads');
  const body = JSON.stringify({ id: '1', email: 'ada@example.com', full_name: null, role: 'user' });
  createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length });
    response.end(body);
  }).listen(0, '127.0.0.1', function () { parentPort.postMessage(this.address().port); });
`;

async function measure(module: ClientModule, baseUrl: string): Promise<{ bare: number[]; client: number[] }> {
  const store = module.memoryStore({
    access_token: 'x'.repeat(600),
    refresh_token: 'r',
    expires_at: Infinity,
  });
  const velro = module.createClient({ baseUrl, store });
  const headers = { authorization: `Bearer ${'x'.repeat(600)}` };
  const calls = {
    bare: async () => (await fetch(`${baseUrl}/api/v1/auth/me`, { headers })).json(),
    client: async () => (await velro.GET('/api/v1/auth/me')).data,
  };
  const times = { bare: [] as number[], client: [] as number[] };
  for (let round = -warmUp; round < rounds; round++) {
    // Each is the first of a pair as often as the other.
    const order = round % 2 === 0 ? (['bare', 'client'] as const) : (['client', 'bare'] as const);
    for (const one of order) {
      const start = process.hrtime.bigint();
      await calls[one]();
      if (round >= 0) times[one].push(nanosecondsSince(start) / 1e6);
    }
  }
  return times;
}

const folder = await mkdtemp(join(import.meta.dirname, '..', '..', 'node_modules', '.velro-bench-client-'));
const worker = new Worker(server, { eval: true });
const listening = once(worker, 'message');
try {
  await buildClient(folder);
  const [port] = (await listening) as [number];
  const module = (await import(pathToFileURL(join(folder, 'index.js')).href)) as ClientModule;
  const { bare, client } = await measure(module, `http://127.0.0.1:${port}`);
  const [without, having] = [median(bare), median(client)];
  say(
    `a call by bare fetch ${without.toFixed(3)} ms, by the client ${having.toFixed(3)} ms (medians of ${rounds}): ` +
      `${(having / without).toFixed(2)} times, ${(having - without).toFixed(3)} ms more`,
  );
} finally {
  await worker.terminate();
  await rm(folder, { recursive: true, force: true });
}
