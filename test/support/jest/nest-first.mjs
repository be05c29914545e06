import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** CommonJS that requires Nest, whose ES modules have to be evaluated before it is loaded. */
const commonJs = '@nestjs/throttler';
const imports = /(?:\bfrom |\bimport\()['"]([^'"]+)['"]/g;

/**
 * Whether the file, or one of ours that it imports, loads such a package. To load Nest is a quarter of a core second in each
 * spec, and most that need it import it themselves.
 */
export function needsNestFirst(file, seen = new Set()) {
  if (seen.has(file) || !existsSync(file)) return false;
  seen.add(file);
  return [...readFileSync(file, 'utf8').matchAll(imports)].some(([, name]) =>
    name.startsWith('.')
      ? needsNestFirst(resolve(dirname(file), name.replace(/\.js$/, '.ts')), seen)
      : name === commonJs,
  );
}
