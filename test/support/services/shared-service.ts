import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { templateHome } from '../database/template-home.js';
import { commandOf, removeHome, Service } from '../process/service.js';

/** What the specs of a worker know of a service that they share; tools/test/shared-services.ts ends it by its note. */
interface Note {
  readonly pid: number;
  readonly home: string;
}

type Env = Readonly<Record<string, string>>;

/** A service that other specs use before and after this one: nobody stops it, and its log begins where it was asked for. */
class SharedService extends Service {
  private readonly log: number;
  private readTo: number;
  private readonly decoder = new StringDecoder('utf8');

  constructor({ pid, home }: Note, logFile: string, whole: boolean) {
    const refuse = (): never => {
      throw new Error('a shared service is ended by nobody: start one of your own');
    };
    super({ pid, exitCode: null, signalCode: null, kill: refuse, once: refuse }, home);
    this.log = openSync(logFile, 'r');
    this.readTo = whole ? 0 : fstatSync(this.log).size;
  }

  override get printed(): string {
    const part = Buffer.alloc(fstatSync(this.log).size - this.readTo);
    this.readTo += readSync(this.log, part, 0, part.length, this.readTo);
    this.output += this.decoder.write(part);
    return this.output;
  }

  /** It goes on. */
  override discard(): Promise<void> {
    return Promise.resolve();
  }

  override stop(): Promise<never> {
    return Promise.reject(new Error('a shared service is not stopped: start one of your own'));
  }
}

/**
 * A service with these settings, which the specs of a worker use one after the other: accounts and addresses of their own keep
 * them apart. It is for specs that neither end it, nor change what concerns everybody (a switch, a whole table, a lock that
 * lasts), nor count what others have left. Its home and its log are those of all of them; `lines` and `printed` begin with the
 * call. Without a run of the whole suite it is a service of one's own. These specs come first (longest-first.mjs), and the first one
 * of the worker that is none of them ends it (jest-setup.mjs): unused, it would take a fortieth of a core to the end of the run.
 */
export async function sharedService(env: Env = {}): Promise<Service> {
  const folder = process.env['VELRO_TEST_SHARED'];
  if (folder === undefined) return Service.start(env);
  const settings = createHash('sha256')
    .update(JSON.stringify(Object.entries(env).sort()))
    .digest('hex');
  const name = `${worker()}-${settings.slice(0, 16)}`;
  const [file, logFile] = [join(folder, `${name}.json`), join(folder, `${name}.log`)];
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(launch(env, logFile)));
  const note = JSON.parse(readFileSync(file, 'utf8')) as Note;
  const first = new SharedService(note, logFile, true);
  await first.untilListening();
  const service = new SharedService(note, logFile, false);
  service.url = first.url;
  return service;
}

const worker = (): string => process.env['JEST_WORKER_ID'] ?? '0';

/** Ends the services that the specs of this worker have shared. */
export async function endSharedServices(): Promise<void> {
  const folder = process.env['VELRO_TEST_SHARED'];
  if (folder === undefined) return;
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${worker()}-`) || !name.endsWith('.json')) continue;
    const { pid, home } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Note;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended of its own accord.
    }
    await removeHome(home);
    rmSync(join(folder, name));
  }
}

/** Its output goes to a file, which outlives the spec that starts it. */
function launch(env: Env, logFile: string): Note {
  const home = templateHome();
  const log = openSync(logFile, 'w');
  const { args, ...command } = commandOf(env, home);
  const child = spawn(process.execPath, args, { ...command, stdio: ['ignore', log, log] });
  child.unref();
  return { pid: child.pid ?? 0, home };
}
