// Shared by the benchmarks: starts the service as a child process and sends requests from chosen loopback addresses.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { bundle, serviceArguments } from '../../bundle.ts';

export interface Service {
  readonly url: string;
  /** Its VELRO_HOME. */
  readonly home: string;
  readonly pid: number;
  stop(): Promise<void>;
  /** Stops it and leaves its VELRO_HOME, until that is discarded. */
  stopKeeping(): Promise<void>;
  discard(): Promise<void>;
}

/** Bundles what changed and starts the service with a temporary VELRO_HOME; resolves when it listens. */
export async function startService(env: Readonly<Record<string, string>> = {}): Promise<Service> {
  await bundle({ embedded: true });
  const home = await mkdtemp(join(tmpdir(), 'velro-bench-'));
  const child = spawn(process.execPath, serviceArguments, {
    env: {
      PATH: process.env['PATH'] ?? '',
      ENVIRONMENT: 'test',
      VELRO_HOME: home,
      PORT: '0',
      LOG_FORMAT: 'json',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (part: Buffer) => {
      if (text.length > 100_000) return;
      text += part.toString();
      const found = /"url":"(http:[^"]+)"/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => {
      reject(new Error(`the service did not start:\n${text}`));
    });
  });
  const stopKeeping = async (): Promise<void> => {
    const exited = child.exitCode === null ? once(child, 'exit') : null;
    child.kill('SIGTERM');
    await exited;
  };
  const discard = (): Promise<void> => rm(home, { recursive: true, force: true });
  return {
    url,
    home,
    // It has started.
    pid: child.pid ?? 0,
    async stop() {
      await stopKeeping();
      await discard();
    },
    stopKeeping,
    discard,
  };
}

/** The JWT signing key of a service. */
export function jwtSecretOf({ home }: Service): string {
  const { JWT_SECRET } = JSON.parse(readFileSync(join(home, 'secrets.json'), 'utf8')) as {
    JWT_SECRET: string;
  };
  return JWT_SECRET;
}

/** Maps a number to a loopback address, so that rate limits by address are not reached. */
const addressOf = (at: number): string =>
  `127.${1 + ((at >> 14) % 250)}.${(at >> 7) % 128}.${1 + (at % 127)}`;

export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly body?: object;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Number of the local loopback address. */
  readonly at?: number;
}

export interface Answer {
  readonly status: number;
  readonly ms: number;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Sends one request. Resolves with status, body and duration in milliseconds. */
export function ask(
  url: string,
  { method = 'GET', path, body, token, headers: named = {}, at = 0 }: Asked,
): Promise<Answer> {
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
    const options = { method, agent: false, localAddress: addressOf(at), headers };
    const outgoing = request(`${url}${path}`, options, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (part: string) => (text += part));
      incoming.on('end', () => {
        const ms = Number(process.hrtime.bigint() - start) / 1e6;
        const json = (text === '' ? {} : JSON.parse(text)) as Answer['json'];
        resolve({ status: incoming.statusCode ?? 0, ms, json });
      });
    });
    outgoing.on('error', reject).end(payload);
  });
}

/** Registers a new user and returns the access token; again, from another address, where the service has too much to do. */
export async function register(service: Service, at = 0): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const { json, status } = await ask(service.url, {
      method: 'POST',
      path: '/api/v1/auth/register',
      body: { email: `${crypto.randomUUID()}@example.com`, password: 'tall-otter-paints-9-quiet-bridges' },
      at: at + (attempt - 1) * 1000,
    });
    if (typeof json['access_token'] === 'string') return json['access_token'];
    if (attempt === 5 || (status !== 503 && status !== 429))
      throw new Error(`the registration answered ${status}`);
    await pause(1000);
  }
}
