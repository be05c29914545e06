import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFlags, serviceEntry } from './project-root.js';
import { insist } from '../http/insist.js';
import { Visitor } from '../http/http.js';
import { templateHome } from '../database/template-home.js';
import { hungAfterMs, until } from './wait-until.js';

export interface LogLine {
  readonly msg: string;
  readonly level: string;
  readonly [field: string]: unknown;
}

/** What a report of a browser names where it is a marker in the log. */
export const markerDirective = 'img-src';

/** Code that the suite has compiled before; what runs is the same. */
const folder = process.env['NODE_COMPILE_CACHE'];
export const compileCache = folder === undefined ? {} : { NODE_COMPILE_CACHE: folder };

/** As whom, where and in which process group it runs. */
export interface ProcessOptions extends Pick<SpawnOptions, 'uid' | 'gid' | 'cwd' | 'detached'> {
  /** Of Node; left out: what the image starts. */
  readonly args?: readonly string[];
}

/** What is needed of a process that may have been started by somebody else. */
type RunningProcess = Pick<ChildProcess, 'pid' | 'exitCode' | 'signalCode' | 'kill' | 'once'>;

/** How the built service is started with a VELRO_HOME. */
export const commandOf = (env: Readonly<Record<string, string>>, home: string) => ({
  args: [...nodeFlags, serviceEntry],
  cwd: home,
  env: {
    PATH: process.env['PATH'] ?? '',
    ENVIRONMENT: 'test',
    VELRO_HOME: home,
    PORT: '0',
    LOG_FORMAT: 'json',
    ...compileCache,
    ...env,
  },
});

/** The built service as a process of its own, on the embedded default, with a VELRO_HOME of its own. */
export class Service {
  url = '';
  protected output = '';
  private readonly parsed: LogLine[] = [];
  /** Characters of `output` whose lines have been parsed. */
  private parsedTo = 0;

  protected constructor(
    private readonly child: RunningProcess,
    readonly home: string,
  ) {}

  static async start(
    env: Readonly<Record<string, string>> = {},
    home = templateHome(),
    process: ProcessOptions = {},
  ): Promise<Service> {
    const service = Service.launch(env, home, process);
    try {
      await service.untilListening();
    } catch (error) {
      // Nobody else knows of it.
      service.signal('SIGKILL');
      stopDatabase(home);
      throw error;
    }
    return service;
  }

  /** Starts without waiting: for starts that are meant to fail. */
  static launch(env: Readonly<Record<string, string>>, home: string, options: ProcessOptions = {}): Service {
    const { args: usual, ...command } = commandOf(env, home);
    const { args = usual, ...more } = options;
    const child = spawn(process.execPath, args, { ...command, stdio: ['ignore', 'pipe', 'pipe'], ...more });
    const service = new Service(child, home);
    child.stdout.setEncoding('utf8').on('data', (part: string) => (service.output += part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => (service.output += part));
    return service;
  }

  visitor(address?: string): Visitor {
    return new Visitor(this.url, address);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Everything printed so far. */
  get printed(): string {
    return this.output;
  }

  /** The complete lines of the log so far. */
  lines(): LogLine[] {
    const output = this.printed;
    const end = output.lastIndexOf('\n') + 1;
    for (const line of output.slice(this.parsedTo, end).split('\n'))
      if (line.startsWith('{')) this.parsed.push(JSON.parse(line) as LogLine);
    this.parsedTo = end;
    return [...this.parsed];
  }

  /** The lines about one request besides its access line: the log comes through a pipe, so a line may be a moment behind the answer. */
  async linesOf(requestId: unknown): Promise<LogLine[]> {
    const find = (): LogLine[] =>
      this.lines().filter(({ msg, ...line }) => line['request_id'] === requestId && msg !== 'ACCESS');
    for (let tries = 0; tries < 300 && find().length === 0; tries++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 10));
    return find();
  }

  /** The log is a pipe that keeps its order: once the line of a request that is made now has come, all earlier ones have. */
  async logged(): Promise<void> {
    const body = { 'csp-report': { 'effective-directive': markerDirective } };
    const { headers } = await this.visitor().call('/api/v1/csp-report', { body });
    const marker = headers['x-request-id'];
    await until(() => this.lines().some((line) => line['request_id'] === marker), 'the line of the marker');
  }

  /** Waits for the process to end and returns its exit code. */
  async exited(timeoutMs = hungAfterMs): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`the service still runs:\n${this.output}`));
      }, timeoutMs);
      this.child.once('exit', (code) => {
        clearTimeout(timer);
        resolve(code);
      });
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Kill -9; the database runs on. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited();
  }

  /**
   * Ends everything at once and removes the folder: for the end of a spec, which nobody looks at. How a stop goes is shown
   * where `stop` stands (test/journeys/embedded.spec.ts first of all).
   */
  async discard(): Promise<void> {
    // The identity process ends with it.
    await this.kill();
    await removeHome(this.home);
  }

  /** Stops as an operator would, and removes the folder. */
  async stop({ keepHome = false } = {}): Promise<number | null> {
    this.child.kill('SIGTERM');
    const code = await this.exited();
    stopDatabase(this.home);
    if (!keepHome) rmSync(this.home, { recursive: true, force: true });
    return code;
  }

  async untilListening(): Promise<void> {
    // Sooner than Jest gives up on a hook, which would say nothing of why.
    const deadline = Date.now() + hungAfterMs;
    for (;;) {
      const started = this.lines().find((line) => line['event'] === 'sys_startup');
      if (started !== undefined) {
        this.url = String(started['url']);
        return;
      }
      if (this.child.exitCode !== null || Date.now() > deadline)
        throw new Error(`the service did not start:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

/** The process id of the database of a VELRO_HOME, or null. */
export function databasePid(home: string): number | null {
  const note = join(home, 'postgres-place');
  const cluster = existsSync(note) ? readFileSync(note, 'utf8').trim() : join(home, 'postgres');
  const file = join(cluster, 'data', 'postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : null;
}

/** Ends the database at once and removes the folder. */
export async function removeHome(home: string): Promise<void> {
  stopDatabase(home, 'SIGQUIT');
  // It writes until it ends, and a removal that meets a new file leaves the rest, with or without an error.
  await until(() => isRemoved(home), `an end of ${home}`);
}

function isRemoved(folder: string): boolean {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Not yet.
  }
  return !existsSync(folder);
}

/** For folders whose service was killed. */
function stopDatabase(home: string, signal: NodeJS.Signals = 'SIGINT'): void {
  const pid = databasePid(home);
  if (pid === null) return;
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}

export const password = 'tall-otter-paints-9-quiet-bridges';

export interface Account {
  readonly email: string;
  readonly token: string;
  readonly refreshToken: string;
  readonly id: string;
  readonly visitor: Visitor;
}

/** A new person at a new address. */
export async function signUp(service: Service): Promise<Account> {
  let visitor = service.visitor();
  let email = '';
  const { status, json, text } = await insist(() => {
    // A sign-up that a busy machine did not take counts all the same, and an address has two an hour.
    visitor = service.visitor();
    email = `${randomUUID()}@example.com`;
    return visitor.call('/api/v1/auth/register', { body: { email, password } });
  });
  if (status !== 201) throw new Error(`register answered ${status}: ${text}`);
  return { email, token: json.access_token, refreshToken: json.refresh_token, id: json.user.id, visitor };
}
