import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { compileCacheOfParent } from '../compile-cache.js';
import { writeToOutbox } from '../mail/outbox.js';
import { openLog } from './postgres/bounded-log.js';
import { EmbeddedError } from './embedded-error.js';
import type { LiteMail, LiteReport, LiteStart } from './supabase-lite.messages.js';
import { waitUntilGone } from './postgres/process-identity.js';

const startTimeoutMs = 30_000;
const restartDelayMs = 1000;

/** `@supabase/lite` in a child process of low priority: the identity provider of the embedded default. */
export class SupabaseLite {
  readonly publishableKey = `sb_publishable_${randomBytes(16).toString('hex')}`;
  readonly secretKey = `sb_secret_${randomBytes(16).toString('hex')}`;
  private readonly jwtSecret = randomBytes(48).toString('hex');
  private child: ChildProcess | null = null;
  private port = 0;
  private stopping = false;

  private constructor(
    private readonly databaseUrl: Promise<string>,
    private readonly home: string,
    private readonly confirmEmail: boolean,
  ) {}

  /** Its process loads its modules while the database that it connects to is still being started. */
  static async start(
    databaseUrl: string | Promise<string>,
    home: string,
    confirmEmail: boolean,
  ): Promise<SupabaseLite> {
    const lite = new SupabaseLite(Promise.resolve(databaseUrl), home, confirmEmail);
    try {
      await lite.launch();
    } catch (error) {
      await lite.stop();
      throw error;
    }
    return lite;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const pid = this.child?.pid;
    this.child?.kill('SIGKILL');
    if (pid !== undefined) await waitUntilGone(pid, 2000);
  }

  private async launch(): Promise<void> {
    const log = openLog(join(this.home, 'identity.log'));
    const child = fork(new URL('./supabase-lite.child.js', import.meta.url), [], {
      // Not our own environment: its secrets must not reach the child.
      env: { DO_NOT_TRACK: '1', LITE_TELEMETRY: '0', TZ: 'UTC', ...compileCacheOfParent() },
      execArgv: [],
      // Ctrl-C signals the whole process group; this child ends after our drain, or with this process.
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    this.child = child;
    // It may have exited before a message is sent; its `exit` event reports that.
    child.on('error', () => undefined);
    lowerPriority(child.pid);
    const start: LiteStart = {
      databaseUrl: await this.databaseUrl,
      jwtSecret: this.jwtSecret,
      publishableKey: this.publishableKey,
      secretKey: this.secretKey,
      siteUrl: 'http://localhost:3000',
      confirmEmail: this.confirmEmail,
      port: this.port,
    };
    child.send(start, () => undefined);
    await this.untilListening(child);
    child.once('exit', () => {
      if (!this.stopping) setTimeout(() => void this.relaunch(), restartDelayMs).unref();
    });
    child.unref();
    child.channel?.unref();
  }

  /** Restarts the child; sign-ins get 503 meanwhile. */
  private async relaunch(): Promise<void> {
    while (!this.stopping) {
      try {
        await this.launch();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, restartDelayMs));
      }
    }
  }

  private untilListening(child: ChildProcess): Promise<void> {
    return new Promise((resolve, reject) => {
      if (child.exitCode !== null || child.signalCode !== null) {
        reject(new EmbeddedError('the embedded identity service did not start: it ended'));
        return;
      }
      const fail = (reason: string): void => {
        clearTimeout(timer);
        child.kill('SIGKILL');
        reject(new EmbeddedError(`the embedded identity service did not start: ${reason}`));
      };
      const timer = setTimeout(() => {
        fail('no answer in time');
      }, startTimeoutMs);
      child.once('exit', () => {
        fail('it ended');
      });
      child.on('message', (message) => {
        const report = message as LiteReport;
        if (report.kind === 'failed') fail(report.reason);
        else if (report.kind === 'mail') this.keep(report.mail);
        else {
          clearTimeout(timer);
          child.removeAllListeners('exit');
          this.port = report.port;
          resolve();
        }
      });
    });
  }

  /** The outbox of the embedded default: one file per mail. */
  private keep(mail: LiteMail): void {
    writeToOutbox(this.home, mail);
  }
}

/** Low priority: its slow password hashing must not delay other requests. */
function lowerPriority(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // Exited already.
  }
}
