import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '../config/config.js';
import { noteShown } from '../config/secrets/operator-sign-in.js';
import { drainTimeoutMs } from '../config/policy/perimeter/http.js';
import { createAdapters, type Adapters } from './adapters/adapters.js';
import type { Endpoints } from './adapters/endpoints.js';
import { bootSteps, type StepDone } from './boot-steps.js';
import { createApp } from './create-app.js';
import { listen, requireFreePort } from './listening.js';
import { AccessLog } from './observability/access-log.js';
import { Log } from './observability/log.js';
import { SecurityEvents } from './observability/security-events.js';
import { AlertService } from './features/security/alerts/alert.service.js';
import { GenerationEvents } from './features/generations/events/generation-events.js';
import { EventWriter } from './features/security/events/event-writer.js';
import { PublicUrl } from './ports/public-url.js';
import { Shutdown } from './tasks/shutdown.js';
import { placeOfSignIn, startupBanner } from './startup-banner.js';
import { systemStarted, systemStopping } from './observability/system.events.js';

/** What stands around the service in development. */
interface ExternalServices {
  readonly endpoints: Endpoints;
  readonly report: readonly string[];
  stop(): Promise<void>;
}

/**
 * From the configuration to a listening service, and on a signal back again: tell load balancers, end event streams, stop
 * accepting, let requests and jobs finish, close connections, stop what was started. The process then ends by itself.
 */
export async function serve(config: Config): Promise<void> {
  const log = openLog(config);
  if (log === null) return;
  const stopping = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, resolve);
  });
  // Without a file the signal has its usual meaning: the terminal is gone.
  if (config.log.file !== null)
    process.on('SIGHUP', () => {
      log.reopen();
    });
  // Undone in reverse order, however far the start came.
  const undo: (() => Promise<void>)[] = [];
  try {
    const done = bootSteps(log);
    await requireFreePort(config);
    done(`starting as ${config.environment}`);
    const surroundings = await open(config, log, done);
    undo.push(() => surroundings.stop());
    const publicUrl = new PublicUrl(config.server.publicUrl);
    const shutdown = new Shutdown();
    const adapters = await createAdapters(config, surroundings.endpoints, publicUrl, log);
    undo.push(() => adapters.close());
    const app = await createApp(config, log, adapters, shutdown);
    // Before it opens or listens: what a failing step leaves open would keep the process from ending.
    // What requests and jobs still say on their way out is kept before the database goes.
    const [keeper, alerts] = [app.get(EventWriter), app.get(AlertService)];
    undo.push(
      async () => {
        app.get(SecurityEvents).flush();
        app.get(AccessLog).flush();
        await Promise.all([keeper.finish(), alerts.finish()]);
      },
      () => adapters.finishJobs(),
      () => drain(app, config, shutdown),
    );
    done('application made');
    await start(app, config, adapters, publicUrl);
    done('connections opened, listening');
    for (const warning of config.warnings) log.warn(warning);
    for (const name of config.withoutEffect) log.warn(`${name} is not yet in effect`);
    systemStarted(app.get(SecurityEvents), config.environment, publicUrl.get());
    announce(config, log, publicUrl.get(), surroundings.report);
    const signal = await stopping;
    systemStopping(app.get(SecurityEvents), signal);
  } catch (error) {
    process.exitCode = 1;
    const sentence = explain(error, config);
    // A sentence for the person at the terminal would be buried by a stack.
    if (sentence !== null) log.error(sentence);
    else log.error('the service did not start', { cause: error });
  }
  for (const step of undo.reverse()) {
    await step().catch((cause: unknown) => {
      process.exitCode = 1;
      log.error('a step of the shutdown failed', { cause });
    });
  }
  log.flush();
  process.removeAllListeners('SIGTERM').removeAllListeners('SIGINT').removeAllListeners('SIGHUP');
}

/** Database and identity, each from the configuration or from the embedded default, which no production image holds. */
async function open(config: Config, log: Log, done: StepDone): Promise<ExternalServices> {
  const { database, supabase } = config;
  if (database.kind === 'postgres' && supabase.kind === 'hosted') {
    return { endpoints: { databaseUrl: database.url, supabase }, report: [], stop: () => Promise.resolve() };
  }
  const { startEmbedded } = await import('./adapters/embedded/embedded.js');
  const onTrouble = (cause: unknown): void => {
    log.warn('the embedded default is in trouble', { cause });
  };
  const embedded = await startEmbedded(config, { onTrouble, done });
  const endpoints = {
    databaseUrl: database.kind === 'postgres' ? database.url : embedded.endpoints.databaseUrl,
    supabase: supabase.kind === 'hosted' ? supabase : embedded.endpoints.supabase,
  };
  return { endpoints, report: embedded.report, stop: () => embedded.stop() };
}

async function start(
  app: NestFastifyApplication,
  config: Config,
  adapters: Adapters,
  publicUrl: PublicUrl,
): Promise<void> {
  if (config.debug.developmentMode) {
    const { serveDocs } = await import('./api-description.js');
    serveDocs(app);
  }
  await adapters.open();
  publicUrl.listeningOn(await listen(app, config));
}

/** For a person the banner; for machines a line that names the file of the operator's sign-in and not the sign-in. */
function announce(config: Config, log: Log, url: string, report: readonly string[]): void {
  const { operator, home } = config;
  const place = placeOfSignIn(config);
  if (config.log.format === 'pretty') {
    process.stdout.write(startupBanner(config, url, report));
    if (!operator.shown) noteShown(home, operator.password);
  } else if (place !== null) log.info(`operator sign-in: ${operator.user}, password in ${place}`);
}

/**
 * Not ready from the signal on, and every answer closes its connection; after the grace event streams end, the listener closes,
 * running requests end, and then jobs, neither for ever.
 */
async function drain(app: NestFastifyApplication, config: Config, shutdown: Shutdown): Promise<void> {
  shutdown.begin();
  const server = app.getHttpServer();
  // Nobody was told of an instance that never listened.
  if (server.listening) await sleep(config.server.shutdownGraceMs);
  app.get(GenerationEvents).endAll();
  const timer = setTimeout(() => {
    server.closeAllConnections();
  }, drainTimeoutMs);
  try {
    await app.getHttpAdapter().close();
  } finally {
    clearTimeout(timer);
  }
  await app.close();
}

/** Null when LOG_FILE cannot be written; then the terminal is told. */
function openLog(config: Config): Log | null {
  try {
    return Log.open(config.log, { debug: config.debug.enabled });
  } catch (error) {
    process.exitCode = 1;
    process.stderr.write(
      `LOG_FILE cannot be written: ${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}\n`,
    );
    return null;
  }
}

/** What a person can mend, said so; null for everything else. */
function explain(error: unknown, config: Config): string | null {
  if (!(error instanceof Error)) return null;
  if (error.name === 'EmbeddedError') return error.message;
  const { code } = error as NodeJS.ErrnoException;
  const { port } = config.server;
  if (code === 'EADDRINUSE') return `port ${port} is in use: stop what uses it, or set PORT`;
  return code === 'EACCES' && (error as NodeJS.ErrnoException).syscall === 'listen'
    ? `port ${port} may not be used by this user: set PORT above 1023`
    : null;
}
