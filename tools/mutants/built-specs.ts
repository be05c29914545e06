// Which specs run what is built: a mutant of the others needs no compilation, no bundle and no start of the service.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Texts of specs and of their support by which a built file is run or a build is started. */
const builtFile =
  /(?<![\w/.-])dist['/`]|\bserviceEntry\b|\bserviceArguments\b|['"`](?:npm|npx)\b|tools\/build/;

/** Defines the paths that the others name. */
const definition = 'test/support/process/project-root.ts';

/** Answers from the texts of one checkout, each of which is read once. */
export class BuiltSpecs {
  private readonly root: string;
  private readonly importsOf = new Map<string, readonly string[]>();
  private readonly known = new Map<string, boolean>();

  /** `root`: absolute path of the checkout. */
  constructor(root: string) {
    this.root = root;
  }

  /** Whether the spec, or what it imports from test/ and tools/, runs a file of dist/ or builds one. `spec`: relative to the checkout. */
  has(spec: string): boolean {
    const known = this.known.get(spec);
    if (known !== undefined) return known;
    const result = this.reached(join(this.root, spec)).some((file) => this.runsBuiltFiles(file));
    this.known.set(spec, result);
    return result;
  }

  private runsBuiltFiles(file: string): boolean {
    const path = relative(this.root, file);
    if (path === definition) return false;
    // The service does not start itself.
    if (!/^(test|tools)\//.test(path) && !path.endsWith('.spec.ts')) return false;
    return builtFile.test(readFileSync(file, 'utf8'));
  }

  private reached(spec: string): readonly string[] {
    const files = new Set([spec]);
    for (const file of files) for (const imported of this.imports(file)) files.add(imported);
    return [...files];
  }

  private imports(file: string): readonly string[] {
    const known = this.importsOf.get(file);
    if (known !== undefined) return known;
    const found = [
      ...readFileSync(file, 'utf8').matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+)'/g),
    ].flatMap(([, path = '']) => {
      const imported = join(dirname(file), path).replace(/\.js$/, '.ts');
      return imported.endsWith('.ts') && existsSync(imported) ? [imported] : [];
    });
    this.importsOf.set(file, found);
    return found;
  }
}
