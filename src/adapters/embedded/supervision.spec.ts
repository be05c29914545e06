import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer } from '../../../test/support/http/http.js';
import { EmbeddedFolders, clusterOf } from '../../../test/support/process/embedded-folder.js';
import { identityOf } from '../../../test/support/process/embedded-processes.js';
import { until } from '../../../test/support/process/wait-until.js';
import {
  databasePid,
  password,
  Service,
  signUp,
  type Account,
} from '../../../test/support/process/service.js';
import { join } from 'node:path';
import { findPostmaster } from './postgres/postmaster.js';

/** Takes a port as soon as its owner is dead, and never says a word on it. */
async function silence(port: number): Promise<{ end: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined).resume());
  });
  for (let taken = false; !taken;)
    taken = await new Promise((resolve) => {
      server
        .removeAllListeners('error')
        .once('error', () => setTimeout(resolve, 5, false))
        .listen(port, '127.0.0.1', () => {
          resolve(true);
        });
    });
  return {
    end: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const timed = async (call: Promise<Answer>): Promise<[Answer, number]> => {
  const start = performance.now();
  return [await call, performance.now() - start];
};

describe('while a part of the embedded default is down', () => {
  const folders = new EmbeddedFolders();
  const home = folders.prepared();
  let service: Service;
  let ada: Account;
  beforeAll(async () => {
    service = await Service.start({}, home);
    ada = await signUp(service);
  });
  afterAll(async () => {
    await service.discard();
    await folders.remove();
  });
  const pidOf = (): number => {
    const pid = databasePid(home) ?? 0;
    // Zero would be our own process group.
    if (!(pid > 1)) throw new Error(`no database runs in ${home}`);
    return pid;
  };
  const login = () => service.visitor().call('/api/v1/auth/login', { body: { email: ada.email, password } });
  const signedIn = (path: string) => ada.visitor.call(path, { token: ada.token });
  const expectUnavailable = ({ status, headers, json }: Answer): void => {
    expect([status, headers['content-type'], json?.code]).toEqual([
      503,
      'application/problem+json; charset=utf-8',
      'unavailable',
    ]);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  };

  it('logins get 503 without the identity process, signed-in requests are served, and it is restarted', async () => {
    const identity = identityOf(service.pid);
    process.kill(identity, 'SIGKILL');
    const [away, took] = await timed(login());
    expectUnavailable(away);
    expect(took).toBeLessThan(2000);
    expect((await signedIn('/api/v1/auth/me')).status).toBe(200);
    await until(async () => (await login()).status === 200, 'a login');
    expect(identityOf(service.pid)).not.toBe(identity);
  });

  it('every request fails at once without the database, which is restarted at the same address', async () => {
    const before = findPostmaster(join(clusterOf(home), 'data'));
    process.kill(pidOf(), 'SIGKILL');
    const silent = await silence(before?.port ?? 0);
    try {
      const start = performance.now();
      for (const call of [() => signedIn('/api/v1/auth/me'), login]) {
        const [answer, took] = await timed(call());
        expectUnavailable(answer);
        expect(took).toBeLessThan(2000);
      }
      // The feed of revocations has been silent for two seconds: a stale yes would be worse than none.
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, 2600 - (performance.now() - start))));
      const [closed, tookClosed] = await timed(signedIn('/api/v1/auth/session'));
      expectUnavailable(closed);
      expect(tookClosed).toBeLessThan(500);
      const health = async (path: string): Promise<number> =>
        (await service.visitor().call(`/health/${path}`)).status;
      expect([await health('live'), await health('ready')]).toEqual([200, 503]);
    } finally {
      await silent.end();
    }
    await until(
      async () => (await signedIn('/api/v1/auth/me')).status === 200,
      'an answer from the database',
    );
    const after = findPostmaster(join(clusterOf(home), 'data'));
    expect([after?.port, after?.pid === before?.pid]).toEqual([before?.port, false]);
    await until(async () => (await login()).status === 200, 'a login');

    const body = { model_id: 'velro/canvas', prompt: 'a quiet bay', parameters: { width: 256, height: 256 } };
    const { status, json } = await ada.visitor.call('/api/v1/generations', { token: ada.token, body });
    expect(status).toBe(202);
    const events = await ada.visitor.events(`/api/v1/generations/${json.id}/events`, ada.token);
    expect(events.at(-1)?.event).toBe('completed');
  });

  it('a killed database is restarted within a few seconds, more than once', async () => {
    for (let times = 0; times < 2; times++) {
      const pid = pidOf();
      process.kill(pid, 'SIGKILL');
      await until(
        async () => databasePid(home) !== pid && (await signedIn('/api/v1/auth/me')).status === 200,
        'an answer from the database',
      );
    }
  });
});
