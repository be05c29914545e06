import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A copy of the working tree, uncommitted changes included, in a temporary folder. Mutants are applied to the copy only. */
export class Checkout {
  readonly folder = mkdtempSync(join(tmpdir(), 'velro-mutants-'));

  private template: string | null = null;

  constructor(root: string) {
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    });
    for (const file of listed.split('\0')) {
      // A file that was deleted and not yet committed is still listed.
      if (file === '' || !existsSync(join(root, file))) continue;
      mkdirSync(dirname(join(this.folder, file)), { recursive: true });
      cpSync(join(root, file), join(this.folder, file));
    }
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  write(file: string, content: string): void {
    writeFileSync(join(this.folder, file), content);
  }

  /** Compiles changed files. @throws Error with the output of the compiler */
  build(): void {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/build.ts'], {
      cwd: this.folder,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`it does not compile:\n${stdout}${stderr}`);
  }

  /** Creates the database template, which every run of `npm test` would otherwise create: once, and again for other migrations. */
  prepareTemplate(): void {
    if (this.template !== null) rmSync(this.template, { recursive: true, force: true });
    this.template = null;
    const script = "import('./tools/test/template.ts').then((made) => made.makeTemplate()).then(console.log)";
    const made = execFileSync(process.execPath, ['-e', script], { cwd: this.folder, encoding: 'utf8' });
    this.template = made.trim();
  }

  /** Additional environment variables of a test run, as `NAME=value`. */
  get variables(): readonly string[] {
    return this.template === null ? [] : [`VELRO_TEST_TEMPLATE=${this.template}`];
  }

  remove(): void {
    if (this.template !== null) rmSync(this.template, { recursive: true, force: true });
    rmSync(this.folder, { recursive: true, force: true });
  }
}
