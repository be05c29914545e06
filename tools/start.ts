// Builds what is stale, then becomes the service, or the command named by the first argument, in this same process.
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { build, root } from './build.ts';

// npm stands behind a shell that keeps the stop signal to itself and dies of it. When that shell is gone, npm was stopped.
if (process.env['npm_lifecycle_event']) {
  const { ppid } = process;
  setInterval(() => process.ppid !== ppid && process.kill(process.pid, 'SIGTERM'), 500).unref();
}

const [, , first] = process.argv;
const isCommand = first !== undefined && !first.startsWith('-');
// A command finds its own arguments where it would find them had it been started by itself.
if (isCommand) process.argv.splice(2, 1);
await build();
await import(pathToFileURL(join(root, 'dist/src', isCommand ? `cli/${first}.js` : 'main.js')).href);
