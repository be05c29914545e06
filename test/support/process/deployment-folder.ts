import {
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { readDockerfile } from './dockerfile.js';
import { projectRoot } from './project-root.js';

const sources = ['package.json', 'package-lock.json', '.swcrc', 'tools', 'config', 'src', 'supabase'];

/**
 * A checkout of its own, on the installed packages: what is built there touches no other dist/. It has what a deployment
 * needs, and `more`.
 */
export function makeCheckout(folder: string, more: readonly string[] = []): void {
  mkdirSync(folder, { recursive: true });
  for (const name of [...sources, ...more])
    cpSync(join(projectRoot, name), join(folder, name), { recursive: true });
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
}

/**
 * What the final stage of the Dockerfile holds: packages that no `npm install --omit=dev` would leave out, the compiled
 * service, its migrations. It must not lie below the project, where Node would find the project's own packages.
 */
export function makeImage(folder: string, checkout: string): void {
  makePackages(folder);
  for (const name of ['package.json', 'dist', 'supabase'])
    cpSync(join(checkout, name), join(folder, name), { recursive: true });
}

/** What `npm ci --omit=dev` installs there without asking a registry, and without what the Dockerfile removes. */
export function makePackages(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const path of productionPackages()) link(join(projectRoot, path), join(folder, path));
}

/** Folders of the lock file's packages that are there without the dev packages, and are installed on this platform. */
function productionPackages(): string[] {
  return lockedPackages()
    .filter(([path, entry]) => entry.dev !== true && !isRemoved(path) && existsSync(join(projectRoot, path)))
    .map(([path]) => path);
}

/** Whether the Dockerfile removes what npm has installed there. */
function isRemoved(path: string): boolean {
  const stages = readDockerfile(join(projectRoot, 'Dockerfile'));
  const removed = stages
    .flatMap(({ instructions }) => instructions)
    .flatMap(({ text }) => /^npm ci --omit=dev && rm -rf (.+)$/.exec(text)?.[1]?.split(' ') ?? []);
  return removed.some((folder) => `${path}/`.startsWith(`${folder}/`));
}

/** Names of the packages that only development has. */
export function devPackages(): string[] {
  const { devDependencies } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const kept = new Set(productionPackages());
  return Object.keys(devDependencies).filter((name) => !kept.has(`node_modules/${name}`));
}

interface LockEntry {
  readonly dev?: boolean;
}

function lockedPackages(): [path: string, entry: LockEntry][] {
  const { packages } = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockEntry>;
  };
  return Object.entries(packages).filter(([path]) => path !== '');
}

/** Hard links, copies where the file system has none to give. Packages nested in a package come by themselves, if at all. */
function link(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    const [source, target] = [join(from, name), join(to, name)];
    const kind = lstatSync(source);
    if (kind.isDirectory()) {
      if (name !== 'node_modules') link(source, target);
    } else if (kind.isSymbolicLink()) cpSync(source, target, { verbatimSymlinks: true });
    else {
      mkdirSync(dirname(target), { recursive: true });
      try {
        linkSync(source, target);
      } catch {
        copyFileSync(source, target);
      }
    }
  }
}
