import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.js';
import { backupPolicy } from '../config/policy/operations/backup.js';
import { apiPrefix } from '../config/policy/perimeter/http.js';
import type { Secret } from '../config/values/secret.js';
import { isRestored } from './adapters/postgres/restored-mark.js';
import { errorAnswer } from './errors/error-answer.js';
import { unavailable } from './errors/problem.js';
import { toProblem } from './errors/to-problem.js';
import { listenOn } from './listening.js';
import { UnreadableAddresses } from './network/unreadable-addresses.js';
import type { Log } from './observability/log.js';
import { createHttpServer } from './perimeter/http/http-server.js';
import { Shutdown } from './tasks/shutdown.js';

/**
 * Waits while the database is one that was restored and has not been opened. Meanwhile this instance is live and not ready, answers
 * nothing else, and does no work: nothing of the application is made. False when `stopping` came first.
 */
export async function untilOpened(
  config: Config,
  databaseUrl: Secret,
  log: Log,
  stopping: Promise<unknown>,
): Promise<boolean> {
  const server = heldServer(config);
  try {
    const at = await listenOn(server.listen, config);
    log.warn(`the database was restored: held at ${at} until it is verified and db:open opens it`);
    const stopped = stopping.then(() => true);
    for (;;) {
      const wasStopped = await Promise.race([stopped, sleep(backupPolicy.openedLookMs, false)]);
      if (wasStopped) return false;
      // One that does not answer now is not known to be open.
      if ((await isRestored(databaseUrl)) === false) break;
    }
  } finally {
    await server.close();
  }
  log.warn('the restored database was opened');
  return true;
}

const live = ['/health/live', `/${apiPrefix}/health/live`];
const ready = ['/health/ready', `/${apiPrefix}/health/ready`];
/** As `ReadyResponse`: no dependency but the database was tried. */
const notReady = {
  status: 'not_ready',
  database: 'up',
  writes: 'up',
  revocations: 'down',
  counters: 'down',
  storage: 'down',
  restore: 'unopened',
} as const;

/** With the perimeter of the service, so that its answers have the same headers. */
function heldServer(config: Config) {
  const adapter = createHttpServer(config, new UnreadableAddresses(), new Shutdown());
  const http = adapter.getInstance();
  http.setErrorHandler((error, request, reply) => {
    const { status, headers, body } = errorAnswer(toProblem(error), { id: request.id, url: request.url });
    return reply.code(status).headers(headers).send(body);
  });
  http.setNotFoundHandler(() => {
    throw unavailable(new Error('the database has not been opened'));
  });
  for (const path of live) http.get(path, () => ({ status: 'live' }));
  for (const path of ready)
    http.get(path, (_request, reply) => reply.code(503).header('retry-after', '2').send(notReady));
  return {
    listen: (port: number, host: string) => http.listen({ port, host }),
    close: () => http.close(),
  };
}
