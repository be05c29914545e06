import { createServer, type AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '../config/config.js';
import { hasCode } from '../config/values/system-error.js';

/** In development only this machine; in a container the platform's network must reach it. */
const hostOf = ({ environment }: Config): string =>
  environment === 'development' || environment === 'test' ? '127.0.0.1' : '::';

/**
 * Fails when the port cannot be had. Asked before anything is started, because the answer would otherwise come after a
 * database was started, which then has to be stopped again.
 */
export function requireFreePort(config: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      if (hasCode(error, 'EADDRINUSE', 'EACCES')) reject(error);
      // For example a kernel without IPv6: whoever listens in earnest finds out.
      else resolve();
    });
    server.listen(config.server.port, hostOf(config), () => {
      server.close(() => {
        resolve();
      });
    });
  });
}

/** Listens, and returns the address on this machine. */
export async function listen(app: NestFastifyApplication, config: Config): Promise<string> {
  await listenOn((port, host) => app.listen(port, host), config);
  const { port } = app.getHttpServer().address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

/** Has `open` listen where the service does; what it resolves to. */
export async function listenOn<T>(
  open: (port: number, host: string) => Promise<T>,
  config: Config,
): Promise<T> {
  const host = hostOf(config);
  try {
    return await open(config.server.port, host);
  } catch (error) {
    // A machine whose kernel has no IPv6.
    if (host !== '::' || !hasCode(error, 'EAFNOSUPPORT')) throw error;
    return await open(config.server.port, '0.0.0.0');
  }
}
