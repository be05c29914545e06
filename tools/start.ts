// Builds changed files, then runs the service, or the command named by the first argument, in this process.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, root } from './build.ts';

// npm runs scripts in a shell that does not forward signals. When that parent process has exited, npm was stopped.
if (process.env['npm_lifecycle_event']) {
  const { ppid } = process;
  setInterval(() => process.ppid !== ppid && process.kill(process.pid, 'SIGTERM'), 500).unref();
}

// Compiling every module again would take longer than reading what the last start compiled.
enableCompileCache(join(root, 'node_modules', '.cache', 'compiled'));

const [, , first] = process.argv;
const isCommand = first !== undefined && !first.startsWith('-');
// Removes the name of the command, so that its own arguments start at index 2.
if (isCommand) process.argv.splice(2, 1);
const began = performance.now();
const compiled = await build();
// To standard error: standard output is the log, which may be JSON.
if (!isCommand && compiled > 0)
  process.stderr.write(`compiled ${compiled} files in ${Math.round(performance.now() - began)} ms\n`);
await import(pathToFileURL(join(root, 'dist/src', isCommand ? `cli/${first}.js` : 'main.js')).href);
