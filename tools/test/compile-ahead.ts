// Node writes compiled code when a process ends by itself, and most services of tests are killed: without this, each start until the
// first that is stopped would compile the bundle again, an eighth of a core second.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../build.ts';
import { serviceArguments } from '../bundle.ts';

/** Starts and stops the bundle once on a copy of the template, unless that was done for this bundle with this folder of compiled code. */
export async function compileAhead(template: string, homes: string, compiled: string): Promise<void> {
  const stamp = join(compiled, 'ahead-of');
  const bundle = String((await stat(join(root, 'dist/service/bundled-from.json'))).mtimeMs);
  if ((await readFile(stamp, 'utf8').catch(() => '')) === bundle) return;
  const { keepSecrets } = await import('#dist/config/secrets/generated-secrets.js');
  const { ValidationResult } = await import('#dist/config/values/validation-result.js');
  const home = await mkdtemp(join(homes, 'velro-ahead-'));
  try {
    await promisify(execFile)('cp', ['-a', `${template}/.`, home]);
    keepSecrets(home, new ValidationResult());
    if ((await startAndStop(home, compiled)) === 0) await writeFile(stamp, bundle);
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Returns its exit code, null when it was killed. */
async function startAndStop(home: string, compiled: string): Promise<number | null> {
  const child = spawn(process.execPath, serviceArguments, {
    cwd: home,
    env: {
      PATH: process.env['PATH'] ?? '',
      ENVIRONMENT: 'test',
      VELRO_HOME: home,
      PORT: '0',
      LOG_FORMAT: 'json',
      NODE_COMPILE_CACHE: compiled,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    if (text.includes('"sys_startup"')) child.kill('SIGTERM');
  });
  const [code] = await exited;
  return code;
}
