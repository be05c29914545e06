// npm run bench [-- <part> …]: every benchmark, or those that are named, one after the other. Fails when one misses its aim; the others run all the same.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../build.ts';
import { say } from './support/figures.ts';

/** By their files, and whether they collect garbage themselves. */
const parts: Readonly<
  Record<string, { readonly gc?: true; readonly alone?: true; readonly folder?: string }>
> = {
  blacklist: { gc: true },
  limiter: { gc: true },
  'sign-in': {},
  revocation: {},
  detection: {},
  media: { folder: 'files' },
  generations: {},
  lists: {},
  'hot-path': {},
  client: {},
  gateway: { gc: true },
  messenger: {},
  redaction: {},
  audit: {},
  uploads: { folder: 'files' },
  export: { gc: true, folder: 'privacy' },
  idle: {},
  // Takes several minutes.
  scale: { alone: true, folder: 'scale' },
};

const args = process.argv.slice(2);
const asked = args.filter((arg) => !arg.startsWith('--'));
const unknown = asked.filter((name) => parts[name] === undefined);
if (unknown.length > 0) {
  say(`there is no benchmark ${unknown.join(', ')}: ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}
const chosen = Object.entries(parts).filter(([name, { alone }]) =>
  asked.length > 0 ? asked.includes(name) : alone !== true,
);
const missed = chosen.flatMap(([name, { gc, folder = '' }]) => {
  say(`… ${name}`);
  const file = join(root, 'tools', 'bench', folder, `${name}.ts`);
  const flags = gc === true ? ['--expose-gc'] : [];
  const options = args.filter((arg) => arg.startsWith('--'));
  return spawnSync(process.execPath, [...flags, file, ...options], { stdio: 'inherit' }).status === 0
    ? []
    : [name];
});
if (missed.length > 0) say(`missed: ${missed.join(', ')}`);
process.exitCode = missed.length === 0 ? 0 : 1;
