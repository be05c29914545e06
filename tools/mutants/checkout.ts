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
  private isBuilt = false;

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

  /** Migrations excepted, what is built of it is stale until `build` is called. */
  write(file: string, content: string): void {
    writeFileSync(join(this.folder, file), content);
    this.isBuilt = false;
    // The databases of the tests are copies of one that the migrations made.
    if (file.startsWith('supabase/migrations/')) this.prepareTemplate();
  }

  /** Compiles changed files, if there are any. @throws Error with the output of the compiler */
  build(): void {
    if (this.isBuilt) return;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/build.ts'], {
      cwd: this.folder,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`it does not compile:\n${stdout}${stderr}`);
    this.isBuilt = true;
  }

  /** Creates the database template, which every run of `npm test` would otherwise create: once, and again for other migrations. */
  prepareTemplate(): void {
    if (this.template !== null) rmSync(this.template, { recursive: true, force: true });
    this.template = null;
    const script = "import('./tools/test/template.ts').then((made) => made.makeTemplate()).then(console.log)";
    const made = execFileSync(process.execPath, ['-e', script], { cwd: this.folder, encoding: 'utf8' });
    this.template = made.trim();
  }

  /** Additional environment variables of a test run. */
  get variables(): Readonly<Record<string, string>> {
    return this.template === null ? {} : { VELRO_TEST_TEMPLATE: this.template };
  }

  remove(): void {
    if (this.template !== null) rmSync(this.template, { recursive: true, force: true });
    rmSync(this.folder, { recursive: true, force: true });
  }
}
