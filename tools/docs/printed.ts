import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build, root } from '../build.ts';

/** Standard output of a command of src/cli/, run as a child process with a temporary VELRO_HOME. Rejects when it fails. */
export async function printed(command: string, ...args: readonly string[]): Promise<string> {
  await build();
  const home = await mkdtemp(join(tmpdir(), 'velro-cli-'));
  try {
    const env = { PATH: process.env['PATH'] ?? '', ENVIRONMENT: 'test', VELRO_HOME: home };
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(root, `dist/src/cli/${command}.js`), ...args],
      { cwd: home, env, maxBuffer: 16 << 20 },
    );
    return stdout;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
