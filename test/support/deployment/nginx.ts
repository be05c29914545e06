import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from '../process/certificates.js';
import { portBelowOutgoing } from '../process/free-port.js';
import { projectRoot } from '../process/project-root.js';
import { until } from '../process/wait-until.js';

const find = (): string | null =>
  ['nginx', '/usr/sbin/nginx'].find((program) => spawnSync(program, ['-v']).status === 0) ?? null;

/** The program, null where there is none; tests that need it are skipped then. */
export const nginxProgram = find();

/** `nobody` of Debian: root's tests run it as the image does, as somebody without rights. */
const nobody = 65534;
const isRoot = process.getuid?.() === 0;
const hasIpv6 = existsSync('/proc/net/if_inet6') && readFileSync('/proc/net/if_inet6', 'utf8') !== '';

type Texts = Readonly<Record<string, string>>;

/** The files of deploy/nginx, run by the real program on ports of this machine. */
export class Nginx {
  private child: ChildProcess | null = null;
  private printed = '';

  private constructor(
    private readonly folder: string,
    readonly tlsPort: number,
    readonly plainPort: number,
    /** PEM of the authority that has signed its certificate. */
    readonly ca: string,
  ) {}

  /** `service`: host and port. `changes`: texts of the files and what stands there instead, by name of the file. */
  static async start(service: string, changes: Readonly<Record<string, Texts>> = {}): Promise<Nginx> {
    const folder = mkdtempSync(join(tmpdir(), 'velro-nginx-'));
    const { ca, certificate, key } = await makeCertificates(join(folder, 'certificates'));
    const [tlsPort, plainPort] = [await portBelowOutgoing(), await portBelowOutgoing()];
    const nginx = new Nginx(folder, tlsPort, plainPort, readFileSync(ca, 'utf8'));
    const conf = join(folder, 'conf');
    cpSync(join(projectRoot, 'deploy', 'nginx'), conf, { recursive: true });
    place(conf, 'nginx.conf', {
      'listen 8443 ssl': `listen ${tlsPort} ssl`,
      'listen [::]:8443 ssl http2 default_server;': hasIpv6
        ? `listen [::]:${tlsPort} ssl http2 default_server;`
        : '',
      'listen 8080 ': `listen ${plainPort} `,
      'listen [::]:8080 default_server;': hasIpv6 ? `listen [::]:${plainPort} default_server;` : '',
      '/run/secrets/tls_certificate': certificate,
      '/run/secrets/tls_key': key,
      '/tmp/velro-nginx.pid': join(folder, 'pid'),
    });
    for (const name of ['body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'])
      place(conf, 'nginx.conf', { [`/tmp/velro-nginx-${name}`]: join(folder, name) });
    place(conf, 'site.conf', {
      'default api.your-domain;': `default localhost:${tlsPort};`,
      'server service:3000': `server ${service}`,
    });
    // Standard output is no file that could be opened where it is a socket, as here.
    place(conf, join('snippets', 'log.conf'), { '/dev/stdout': join(folder, 'access.log') });
    for (const [file, texts] of Object.entries(changes)) place(conf, file, texts);
    if (isRoot) giveAway(folder);
    await nginx.start();
    return nginx;
  }

  /** Everything in its access log so far. */
  get log(): string {
    return readFileSync(join(this.folder, 'access.log'), 'utf8');
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async start(): Promise<void> {
    const args = ['-p', this.folder, '-e', 'stderr', '-c', join(this.folder, 'conf', 'nginx.conf')];
    const child = spawn(nginxProgram ?? 'nginx', [...args, '-g', 'daemon off;'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(isRoot ? { uid: nobody, gid: nobody } : {}),
    });
    this.child = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.printed += text));
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`nginx ended:\n${this.printed}`);
      return answers(this.tlsPort);
    }, 'a start of nginx');
  }
}

/** Replaces each text, which must stand there once. */
function place(folder: string, file: string, texts: Texts): void {
  let content = readFileSync(join(folder, file), 'utf8');
  for (const [text, instead] of Object.entries(texts)) {
    const count = content.split(text).length - 1;
    if (count !== 1) throw new Error(`"${text}" stands ${count} times in ${file}, not once`);
    content = content.replace(text, () => instead);
  }
  writeFileSync(join(folder, file), content);
}

function giveAway(folder: string): void {
  chmodSync(folder, 0o755);
  for (const name of ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })])
    chownSync(join(folder, name), nobody, nobody);
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
