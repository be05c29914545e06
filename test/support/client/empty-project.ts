import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../process/project-root.js';
import { buildClient } from './client-build.js';

const run = promisify(execFile);
const modules = join(projectRoot, 'node_modules');

/** An empty project with the client installed from its tarball, without the network. */
export class EmptyProject {
  /** Paths in the tarball. */
  packed: readonly string[] = [];

  private constructor(readonly folder: string) {}

  static async install(): Promise<EmptyProject> {
    const project = new EmptyProject(mkdtempSync(join(tmpdir(), 'velro-project-')));
    const client = join(project.folder, 'client');
    mkdirSync(client);
    for (const file of ['package.json', 'README.md'])
      cpSync(join(projectRoot, 'client', file), join(client, file));
    await buildClient(join(client, 'dist'));
    const [packed, ...others] = await Promise.all(
      [client, join(modules, 'openapi-fetch'), join(modules, 'openapi-typescript-helpers')].map((folder) =>
        project.pack(folder),
      ),
    );
    project.packed = packed?.files.map(({ path }) => path) ?? [];
    // What the client depends on comes from this checkout.
    const dependencies = Object.fromEntries(
      [packed, ...others].map((one) => [one?.name, `file:${one?.filename ?? ''}`]),
    );
    project.write('package.json', JSON.stringify({ private: true, type: 'module', dependencies }));
    await project.npm('install', '--no-audit', '--no-fund');
    return project;
  }

  private async pack(folder: string): Promise<{ name: string; filename: string; files: { path: string }[] }> {
    const { stdout } = await this.npm('pack', '--json', folder);
    const [packed] = JSON.parse(stdout) as Awaited<ReturnType<EmptyProject['pack']>>[];
    if (packed === undefined) throw new Error(`nothing was packed of ${folder}`);
    return packed;
  }

  private npm(...args: readonly string[]): Promise<{ stdout: string }> {
    return run('npm', [...args, '--offline', '--ignore-scripts'], { cwd: this.folder });
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** What the compiler says of these files under `strict`; empty when nothing. Without libraries but these. */
  async typeErrors(
    files: Readonly<Record<string, string>>,
    lib: readonly string[],
    types: readonly string[],
  ): Promise<string> {
    for (const [name, text] of Object.entries(files)) this.write(name, text);
    const compilerOptions = {
      ...{ strict: true, noEmit: true, target: 'es2022', module: 'nodenext', lib, types },
      typeRoots: [join(modules, '@types')],
    };
    this.write('tsconfig.json', JSON.stringify({ compilerOptions, files: Object.keys(files) }));
    const compiler = join(modules, '@typescript/native/bin/tsc');
    return run(process.execPath, [compiler, '-p', this.folder], { cwd: this.folder }).then(
      ({ stdout }) => stdout,
      (error: unknown) => (error as { stdout: string }).stdout || String(error),
    );
  }

  /** Standard output of a script of this project; `program`: another Node. */
  async node(script: string, program = process.execPath): Promise<string> {
    return (await run(program, ['--input-type=module', '-e', script], { cwd: this.folder })).stdout;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
