import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Absolute path of the checkout under test. */
export const projectRoot = join(import.meta.dirname, '..', '..', '..');

/** What the image starts. */
export const serviceEntry = join(projectRoot, 'dist', 'service', 'main.js');

const { scripts } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** What the image gives to Node before `serviceEntry`: the flags that V8 reads before any code runs, as `npm run start:prod` has them. */
export const nodeFlags: readonly string[] = scripts['start:prod']?.split(' ').slice(1, -1) ?? [];
