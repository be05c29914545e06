import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eicar } from './eicar.js';
import { portBelowOutgoing } from '../process/free-port.js';
import { until } from '../process/wait-until.js';

/** The program; tests that need it are skipped without it. */
export const hasClamd = spawnSync('clamd', ['--version']).error === undefined;

const usual = {
  Foreground: 'yes',
  SelfCheck: '0',
  ConcurrentDatabaseReload: 'no',
  AlertExceedsMax: 'yes',
  AlertEncrypted: 'yes',
  StreamMaxLength: '64M',
  MaxThreads: '4',
};

/** A clamd of one's own on a signature base of one line, at a port of its own. */
export class Clamd {
  private child: ChildProcess | null = null;

  private constructor(
    private readonly folder: string,
    readonly port: number,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  static async start(settings: Readonly<Record<string, string>> = {}): Promise<Clamd> {
    const clamd = new Clamd(mkdtempSync(join(tmpdir(), 'velro-clamd-')), await portBelowOutgoing(), settings);
    await clamd.start();
    return clamd;
  }

  /** Again, after a kill: at the same address. */
  async start(): Promise<void> {
    const base = join(this.folder, 'base');
    const temporary = join(this.folder, 'tmp');
    for (const folder of [base, temporary]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(base, 'velro.ndb'), `Velro.Eicar:0:*:${eicar.subarray(0, 40).toString('hex')}\n`);
    const lines = Object.entries({
      ...usual,
      TCPSocket: String(this.port),
      TCPAddr: '127.0.0.1',
      DatabaseDirectory: base,
      TemporaryDirectory: temporary,
      ...this.settings,
    }).map(([name, value]) => `${name} ${value}`);
    const file = join(this.folder, 'clamd.conf');
    writeFileSync(file, `${lines.join('\n')}\n`);
    this.child = spawn('clamd', ['-c', file], { stdio: 'ignore' });
    await until(() => this.answers(), 'an answer of clamd');
  }

  /** Answers nothing any more, and keeps every connection. */
  hang(): void {
    this.child?.kill('SIGSTOP');
  }

  goOn(): void {
    this.child?.kill('SIGCONT');
  }

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

  private answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1');
      socket.once('error', () => {
        resolve(false);
      });
      socket.once('data', (answer) => {
        socket.destroy();
        resolve(answer.toString().startsWith('PONG'));
      });
      socket.once('connect', () => socket.write('zPING\0'));
    });
  }
}
