import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { Certificates } from './certificates.js';
import { portBelowOutgoing } from './free-port.js';

/** The program; tests that need it are skipped without it. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

/** A Redis of one's own, on a port of its own, that keeps nothing. */
export class RedisServer {
  private child: ChildProcess | null = null;
  private readonly folder = mkdtempSync(join(tmpdir(), 'velro-redis-'));

  private constructor(
    readonly port: number,
    private readonly tls: Certificates | null,
  ) {}

  /** With `tls` it speaks nothing else. */
  static async start(tls: Certificates | null = null): Promise<RedisServer> {
    const server = new RedisServer(await portBelowOutgoing(), tls);
    await server.start();
    return server;
  }

  get url(): string {
    return this.tls === null ? `redis://127.0.0.1:${this.port}` : `rediss://localhost:${this.port}`;
  }

  /** Again, after a kill: at the same address, and empty. */
  async start(): Promise<void> {
    const settings = {
      bind: '127.0.0.1',
      dir: this.folder,
      save: '',
      appendonly: 'no',
      ...(this.tls === null
        ? { port: String(this.port) }
        : {
            port: '0',
            'tls-port': String(this.port),
            'tls-cert-file': this.tls.certificate,
            'tls-key-file': this.tls.key,
            'tls-ca-cert-file': this.tls.ca,
            'tls-auth-clients': 'no',
          }),
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.child = child;
    await new Promise<void>((resolve, reject) => {
      let printed = '';
      child.once('exit', () => {
        reject(new Error(`redis-server ended:\n${printed}`));
      });
      child.stdout.setEncoding('utf8').on('data', (part: string) => {
        printed += part;
        if (printed.includes('Ready to accept connections')) resolve();
      });
    });
  }

  /** Answers nothing any more, and keeps every connection. */
  hang(): void {
    this.child?.kill('SIGSTOP');
  }

  goOn(): void {
    this.child?.kill('SIGCONT');
  }

  /** Kill -9. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await exited;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Asks it by hand. */
  async ask<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(this.port, '127.0.0.1');
    try {
      return await work(redis);
    } finally {
      redis.disconnect();
    }
  }
}
