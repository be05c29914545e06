// Builds what is stale, then becomes the service, or the command named by the first argument, in this same process.
import { build } from './build.mjs';

// npm stands behind a shell that keeps the stop signal to itself and dies of it. When that shell is gone, npm was stopped.
if (process.env.npm_lifecycle_event) {
  const { ppid } = process;
  setInterval(() => process.ppid !== ppid && process.kill(process.pid, 'SIGTERM'), 500).unref();
}

const command = process.argv[2] && !process.argv[2].startsWith('-') ? process.argv[2] : null;
await build();
if (command === null) await import('../dist/src/main.js');
else await import(`../dist/src/cli/${command}.js`);
