import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '../config/config.js';
import type { Adapters } from './adapters/adapters.js';
import { AppModule } from './app.module.js';
import { AccountKey } from './features/accounts/login-attempts/account-key.js';
import type { Log } from './observability/log.js';
import { Metrics } from './observability/metrics.js';
import { measureRequests } from './observability/request-metrics.js';
import { AccessLog } from './observability/access-log.js';
import { SecurityEvents } from './observability/security-events.js';
import { limitByAddress } from './perimeter/limits/address-limits.js';
import { answerFromCaches } from './perimeter/http/caching.js';
import { compressAnswers } from './perimeter/http/compression.js';
import { createHttpServer } from './perimeter/http/http-server.js';
import { acceptMultipart } from './perimeter/input/multipart.js';
import { acceptOffsetBodies } from './perimeter/input/offset-body.js';
import { inputValidation } from './perimeter/input/validation.js';
import { answerKnownPaths, KnownPaths } from './perimeter/http/known-paths.js';
import { RateLimiter } from './perimeter/limits/rate-limiter.js';
import { BlockList } from './threats/block-list.js';
import { ThreatLevels } from './threats/threat-levels.js';
import { logAccess } from './perimeter/hooks/access-log.hook.js';
import { refuseBlockedAddresses } from './perimeter/hooks/blocked-address.hook.js';
import { refuseCrossSite } from './perimeter/hooks/cross-site.hook.js';
import { detectProbes, type OriginCheck } from './perimeter/hooks/probes.hook.js';
import { UnreadableAddresses } from './network/unreadable-addresses.js';
import { Clock } from './ports/clock.js';
import { assignWork } from './tasks/background.js';
import { Shutdown } from './tasks/shutdown.js';
import { PublicUrl } from './ports/public-url.js';

/** The application with its perimeter around it; it does not listen yet. */
export async function createApp(
  config: Config,
  log: Log,
  adapters: Adapters,
  shutdown: Shutdown,
): Promise<NestFastifyApplication> {
  const unreadable = new UnreadableAddresses();
  const server = createHttpServer(config, unreadable, shutdown);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with(config, log, adapters, shutdown),
    server,
    {
      logger: log,
      bodyParser: false,
      abortOnError: false,
    },
  );
  assignWork(app, config.server.role);
  app.useGlobalPipes(inputValidation());
  const http = app.getHttpAdapter().getInstance();
  const metrics = app.get(Metrics);
  if (config.metrics.enabled) measureRequests(http, metrics);
  reportUnreadableAddresses(unreadable, log, metrics);
  logAccess(http, app.get(AccessLog), app.get(ThreatLevels), app.get(Clock));
  answerFromCaches(http, config.server.caching);
  if (config.server.compression) await compressAnswers(http);
  await acceptMultipart(http, config.uploads.maxFileBytes);
  acceptOffsetBodies(http);
  const accounts = app.get(AccountKey);
  http.decorateRequest('accountOf', (email: string) => accounts.pseudonymOf(email));
  const paths = KnownPaths.of(http);
  const [events, clock] = [app.get(SecurityEvents), app.get(Clock)];
  // First: whoever is kept out fills no log.
  if (config.threatResponses === 'enforce') refuseBlockedAddresses(http, app.get(BlockList), clock);
  const isOwnOrigin = origins(config, app.get(PublicUrl));
  refuseCrossSite(http, events, isOwnOrigin);
  detectProbes(http, events, isOwnOrigin, clock);
  limitByAddress(http, app.get(RateLimiter), paths);
  answerKnownPaths(http, paths);
  return app;
}

/** The configured origins, and our own: a page of this service may call it. */
function origins({ corsOrigins }: Config, publicUrl: PublicUrl): OriginCheck {
  const allowed = new Set(corsOrigins);
  return (origin) => allowed.has(origin) || origin === publicUrl.get();
}

/** A proxy whose word cannot be read makes all of its clients one: the operator must see it. */
function reportUnreadableAddresses(unreadable: UnreadableAddresses, log: Log, metrics: Metrics): void {
  unreadable.report({
    count: () => {
      metrics.count('unreadable_client_addresses');
    },
    warn: (header) => {
      log.warn(
        `the trusted proxy sends ${header} in a form that is no address: its clients share the limits of the proxy`,
      );
    },
  });
}
