import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, lstatSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from '../process/command.js';
import { makePackages } from '../process/deployment-folder.js';
import { ignoreRules, readDockerfile, type Stage } from '../process/dockerfile.js';
import { projectRoot } from '../process/project-root.js';

/** Whether this process may mount, which a container's runtime does; a test of a read-only root is skipped otherwise. */
export const mayMount =
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['-m', 'true']).status === 0 &&
  spawnSync('setpriv', ['--version']).status === 0;

/** The build context: of the files that git knows or could add those that .dockerignore admits. */
export function makeContext(folder: string): string[] {
  const reaches = ignoreRules(join(projectRoot, '.dockerignore'));
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const files = execFileSync('git', args, { cwd: projectRoot, encoding: 'utf8', maxBuffer: 64 << 20 })
    .split('\0')
    .filter((file) => file !== '' && reaches(file) && existsSync(join(projectRoot, file)));
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(projectRoot, file), join(folder, file));
  }
  return files;
}

/**
 * Carries out the Dockerfile's stages below `folder`, each in a folder of its name, and returns that of the last one. Two of its commands
 * ask a registry and are stood in for: `npm ci` by the installed packages, `npm ci --omit=dev` by those that the lock file has for production.
 *
 * @throws Error for a command that is none of those it knows
 */
export async function buildImage(folder: string, context: string): Promise<string> {
  const stages = readDockerfile(join(projectRoot, 'Dockerfile'));
  for (const stage of stages) await buildStage(folder, context, stage);
  return join(folder, stages.at(-1)?.name ?? '');
}

async function buildStage(folder: string, context: string, { name, instructions }: Stage): Promise<void> {
  const here = join(folder, name);
  mkdirSync(here, { recursive: true });
  for (const { name: instruction, text } of instructions)
    if (instruction === 'COPY') copy(folder, context, here, text);
    else if (instruction === 'RUN') await run(here, text);
}

/** The folder /app of a stage is the stage's folder here. */
function copy(folder: string, context: string, here: string, text: string): void {
  const [, stage, rest = text] = /^--from=(\w+) (.*)$/.exec(text) ?? [];
  const words = rest.split(/\s+/);
  const target = words.at(-1) ?? '';
  for (const source of words.slice(0, -1)) {
    const from =
      stage === undefined ? join(context, source) : join(folder, stage, source.replace(/^\/app\//, ''));
    const to = target.endsWith('/') ? join(here, target, source.split('/').at(-1) ?? '') : join(here, target);
    cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  }
}

async function run(here: string, line: string): Promise<void> {
  if (line === 'npm ci') symlinkSync(join(projectRoot, 'node_modules'), join(here, 'node_modules'));
  else if (/^npm ci --omit=dev && rm -rf( node_modules\/[@\w/-]+)+$/.test(line)) makePackages(here);
  else if (line === 'npm run build') {
    const build = Command.start('npm run --silent build', { cwd: here });
    if ((await build.exited()) !== 0) throw new Error(`the build failed:\n${build.printed}`);
  } else throw new Error(`what does \`${line}\` do?`);
}

/** All files below a folder, with their bytes. */
export function filesOf(folder: string): Map<string, number> {
  const files = new Map<string, number>();
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const { size, isFile } = statOf(join(folder, path));
    if (isFile) files.set(path, size);
  }
  return files;
}

function statOf(path: string): { readonly size: number; readonly isFile: boolean } {
  const status = lstatSync(path);
  return { size: status.size, isFile: !status.isDirectory() };
}

/**
 * The command line that runs a program as a container's runtime does: as the user of the number, without capabilities or a way to gain any,
 * on a root that is read only as a whole but for `scratch`.
 */
export const inContainer = (
  folder: string,
  scratch: string,
  user: number,
  command: readonly string[],
): string[] => [
  'unshare',
  '-m',
  'sh',
  '-ec',
  `mount --make-rprivate /
   mount -t tmpfs -o size=64m,mode=1777 tmpfs "$1"
   mount --bind "$2" "$2" && mount -o remount,bind,ro "$2" && mount -o remount,bind,ro /
   cd "$2"
   user=$3
   shift 3
   exec setpriv --reuid="$user" --regid="$user" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"`,
  'container',
  scratch,
  folder,
  String(user),
  ...command,
];
