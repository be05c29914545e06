import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../process/project-root.js';
import { buildClient } from './client-build.js';

const run = promisify(execFile);

/** The client as `npm run client` builds it, in a folder of its own that is laid out as the repository is. */
export class BuiltClient {
  private constructor(readonly folder: string) {}

  static async build(): Promise<BuiltClient> {
    const folder = mkdtempSync(join(tmpdir(), 'velro-client-'));
    await buildClient(join(folder, 'client/dist'));
    return new BuiltClient(folder);
  }

  /** Path of a file of the package's dist/. */
  file(name: string): string {
    return join(this.folder, 'client/dist', name);
  }

  /** Runs an example from there; resolves with what it prints. */
  async runExample(
    name: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<string> {
    cpSync(join(projectRoot, 'examples'), join(this.folder, 'examples'), { recursive: true });
    const packages = join(this.folder, 'node_modules');
    if (!existsSync(packages)) symlinkSync(join(projectRoot, 'node_modules'), packages);
    const options = { cwd: this.folder, env: { PATH: process.env['PATH'] ?? '', ...env } };
    return (await run(process.execPath, [join('examples', name), ...args], options)).stdout;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
