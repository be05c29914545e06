// What the benches share: a service as a process of its own, and requests to it from addresses of their own.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Starts the built service in a folder of its own; resolves when it listens. */
export async function startService(env = {}) {
  const home = await mkdtemp(join(tmpdir(), 'velro-bench-'));
  const child = spawn(process.execPath, [join(root, 'dist/src/main.js')], {
    env: {
      PATH: process.env.PATH ?? '',
      ENVIRONMENT: 'test',
      VELRO_HOME: home,
      PORT: '0',
      LOG_FORMAT: 'json',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (part) => {
      if (text.length > 100_000) return;
      text += part;
      const found = /"url":"(http:[^"]+)"/.exec(text)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', () => reject(new Error(`the service did not start:\n${text}`)));
  });
  return {
    url,
    home,
    async stop() {
      child.kill('SIGTERM');
      await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve()));
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** A loopback address for every number: limits count by address, and are not what is measured. */
export const addressOf = (at) => `127.${1 + ((at >> 14) % 250)}.${(at >> 7) % 128}.${1 + (at % 127)}`;

/** Status, body and milliseconds of one request. */
export function ask(url, { method = 'GET', path, body, token, headers: named = {}, at = 0, agent = false }) {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    ...(payload === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...named,
  };
  const start = process.hrtime.bigint();
  return new Promise((resolve, reject) => {
    const options = { method, agent, localAddress: addressOf(at), headers };
    const outgoing = request(`${url}${path}`, options, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (part) => (text += part));
      incoming.on('end', () => {
        const ms = Number(process.hrtime.bigint() - start) / 1e6;
        resolve({ status: incoming.statusCode, ms, json: text === '' ? null : JSON.parse(text) });
      });
    });
    outgoing.on('error', reject).end(payload);
  });
}

export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
