import { setTimeout as sleep } from 'node:timers/promises';
import { backupPolicy } from '../config/policy/operations/backup.js';
import type { Config } from '../config/config.js';
import type { Secret } from '../config/values/secret.js';
import { noteShown } from '../config/secrets/operator-sign-in.js';
import type { ClusterProgress } from './adapters/embedded/postgres/postgres-cluster.js';
import { isRestored } from './adapters/postgres/restored-mark.js';
import type { Endpoints } from './adapters/endpoints.js';
import type { Undo } from './application.js';
import { bootSteps } from './boot-steps.js';
import { requireFreePort } from './listening.js';
import { Log } from './observability/log.js';
import { publishAddress } from './service-address.js';
import type { StartTrace } from './start-trace.js';
import { placeOfSignIn, startupBanner } from './startup-banner.js';
import { optimizeAsUsual } from './v8/optimizing.js';

/** What stands around the service in development. */
export interface ExternalServices {
  readonly endpoints: Endpoints;
  readonly report: readonly string[];
  stop(): Promise<void>;
}

/**
 * From the configuration to a listening service, and on a signal back again: tell load balancers, end event streams, stop
 * accepting, let requests and jobs finish, close connections, stop what was started. The process then ends by itself.
 */
export async function serve(config: Config, trace: StartTrace): Promise<void> {
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
  const undo: Undo = [];
  try {
    const done = bootSteps(log, trace);
    await requireFreePort(config);
    done(`starting as ${config.environment}`);
    // Most of a start is loading modules, which needs a core, and waiting for the database: each while the other goes on.
    const load = loadOnce(trace);
    const surroundings = await openExternalServices(config, log, { done, launched: () => void load() });
    undo.push(() => surroundings.stop());
    // A restored database is served once it is opened.
    if (!(await isOpened(config, surroundings.endpoints.databaseUrl, { log, stopping }))) throw new Stopped();
    const { Application } = await load();
    const application = await Application.create(config, log, surroundings.endpoints, undo);
    done('application made');
    const { url, local } = await application.start();
    optimizeAsUsual();
    if (keepsHome(config)) undo.push(unpublishing(config, local));
    done('connections opened, listening');
    if (config.debug.traceStart) process.stderr.write(trace.report());
    for (const warning of config.warnings) log.warn(warning);
    for (const name of config.withoutEffect) log.warn(`${name} is not yet in effect`);
    application.announceStart();
    announce(config, log, url, surroundings.report);
    application.announceStop(await stopping);
  } catch (error) {
    if (!(error instanceof Stopped)) report(error, config, log);
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

/** A signal came before there was an application. */
class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** False when the signal to stop came while it waited. */
async function isOpened(
  config: Config,
  databaseUrl: Secret,
  { log, stopping }: { readonly log: Log; readonly stopping: Promise<unknown> },
): Promise<boolean> {
  let restored = await isRestored(databaseUrl);
  // One that comes up just now may be a restored one. What does not answer at all is what the start itself reports.
  for (let tries = 0; restored === null && tries < backupPolicy.startTries; tries++) {
    await sleep(backupPolicy.startRetryMs);
    restored = await isRestored(databaseUrl);
  }
  if (restored !== true) return true;
  const { untilOpened } = await import('./held-start.js');
  return await untilOpened(config, databaseUrl, log, stopping);
}

function report(error: unknown, config: Config, log: Log): void {
  process.exitCode = 1;
  const sentence = explain(error, config);
  // A sentence for the person at the terminal would be buried by a stack.
  if (sentence !== null) log.error(sentence);
  else log.error('the service did not start', { cause: error });
}

/** Database and identity, each from the configuration or from the embedded default, which no production image holds. */
export async function openExternalServices(
  config: Config,
  log: Log,
  progress: ClusterProgress,
): Promise<ExternalServices> {
  const { database, supabase } = config;
  if (database.kind === 'postgres' && supabase.kind === 'hosted') {
    return { endpoints: { databaseUrl: database.url, supabase }, report: [], stop: () => Promise.resolve() };
  }
  const { startEmbedded } = await import('./adapters/embedded/embedded.js');
  const onTrouble = (cause: unknown): void => {
    log.warn('the embedded default is in trouble', { cause });
  };
  const embedded = await startEmbedded(config, { ...progress, onTrouble });
  const endpoints = {
    databaseUrl: database.kind === 'postgres' ? database.url : embedded.endpoints.databaseUrl,
    supabase: supabase.kind === 'hosted' ? supabase : embedded.endpoints.supabase,
  };
  return { endpoints, report: embedded.report, stop: () => embedded.stop() };
}

/** Deployed, a service writes nothing into a folder. */
const keepsHome = ({ environment }: Config): boolean =>
  environment === 'development' || environment === 'test';

/** Tells commands on this machine where the service listens, until it stops. */
function unpublishing({ home }: Config, local: string): () => Promise<void> {
  const remove = publishAddress(home, local);
  return () => {
    remove();
    return Promise.resolve();
  };
}

/** The modules of the application, loaded once however often it is asked for them. */
function loadOnce(trace: StartTrace): () => Promise<typeof import('./application.js')> {
  let loading: Promise<typeof import('./application.js')> | null = null;
  return () => {
    loading ??= trace.span('modules of the application', () => import('./application.js'));
    // Awaited by the start, if it comes that far.
    loading.catch(() => undefined);
    return loading;
  };
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
