import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '../config/config.js';
import { drainTimeoutMs } from '../config/policy/perimeter/http.js';
import { createAdapters, type Adapters } from './adapters/adapters.js';
import type { Endpoints } from './adapters/endpoints.js';
import { createApp } from './create-app.js';
import { RunningCalls } from './features/assistants/gateway/running-calls.js';
import { GenerationEvents } from './features/generations/events/generation-events.js';
import { AlertService } from './features/security/alerts/alert.service.js';
import { EventWriter } from './features/security/events/event-writer.js';
import { listen } from './listening.js';
import { AccessLog } from './observability/access-log.js';
import type { Log } from './observability/log.js';
import { Metrics } from './observability/metrics.js';
import { SecurityEvents } from './observability/security-events.js';
import { systemStarted, systemStopping } from './observability/system.events.js';
import { PublicUrl } from './ports/public-url.js';
import { InstanceStopping, Shutdown } from './tasks/shutdown.js';

/** What a start has to undo, in reverse order. */
export type Undo = (() => Promise<void>)[];

/** The application on its adapters. */
export class Application {
  private constructor(
    private readonly config: Config,
    private readonly app: NestFastifyApplication,
    private readonly adapters: Adapters,
    private readonly publicUrl: PublicUrl,
  ) {}

  /** Connects nothing yet. What it makes is undone by what it adds to `undo`, also when it fails. */
  static async create(config: Config, log: Log, endpoints: Endpoints, undo: Undo): Promise<Application> {
    const publicUrl = new PublicUrl(config.server.publicUrl);
    const shutdown = new Shutdown();
    const adapters = await createAdapters(config, endpoints, publicUrl, log);
    undo.push(() => adapters.close());
    const app = await createApp(config, log, adapters, shutdown);
    undo.push(await tracesOf(config, app, log));
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
    return new Application(config, app, adapters, publicUrl);
  }

  /** Opens the connections, then listens; returns the public URL and the one on this machine. */
  async start(): Promise<{ readonly url: string; readonly local: string }> {
    if (this.config.environment !== 'production') await this.serveDescription();
    await this.adapters.open();
    const local = await listen(this.app, this.config);
    this.publicUrl.listeningOn(local);
    return { url: this.publicUrl.get(), local };
  }

  /** No module of it is loaded in production. */
  private async serveDescription(): Promise<void> {
    const [{ serveReference }, { describeApi }] = await Promise.all([
      import('./api-reference/api-reference.js'),
      import('./api-description.js'),
    ]);
    serveReference(this.app.getHttpAdapter().getInstance(), () => describeApi(this.app));
  }

  announceStart(): void {
    systemStarted(this.app.get(SecurityEvents), this.config.environment, this.publicUrl.get());
  }

  announceStop(signal: NodeJS.Signals): void {
    systemStopping(this.app.get(SecurityEvents), signal);
  }
}

/** Loaded where traces are exported alone. Returns what exports the last of them. */
async function tracesOf(config: Config, app: NestFastifyApplication, log: Log): Promise<() => Promise<void>> {
  if (config.tracing === null) return () => Promise.resolve();
  const { startTracing } = await import('./observability/tracing/start-tracing.js');
  const { instance } = app.get(SecurityEvents);
  return startTracing(
    config.tracing,
    config.pseudonymKey.current,
    { environment: config.environment, instance },
    app.get(Metrics),
    log,
  );
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
  // Answers end with what came of them, and their streams with them.
  app.get(RunningCalls).stop(new InstanceStopping());
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
