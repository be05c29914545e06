// Watch mode: builds and starts the service, and starts it again whenever config/, painter/ or src/ change.
import { spawn, type ChildProcess } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { root } from './build.ts';

let child: ChildProcess | null = null;
let timer: NodeJS.Timeout | undefined;
let ending = false;

function start(): void {
  child = spawn(process.execPath, [join(root, 'tools/start.ts'), ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  });
  child.once('exit', (code) => {
    child = null;
    if (ending) process.exitCode = code ?? 0;
    else process.stdout.write('the service has exited; waiting for a change\n');
  });
}

function restart(): void {
  if (child === null) {
    start();
    return;
  }
  child.once('exit', () => {
    if (!ending) start();
  });
  child.kill('SIGTERM');
}

for (const folder of ['config', 'painter', 'src', 'supabase/migrations']) {
  watch(join(root, folder), { recursive: true }, (_event, name) => {
    if (ending || name === null || !/\.(ts|sql)$/.test(name) || name.endsWith('.spec.ts')) return;
    clearTimeout(timer);
    timer = setTimeout(restart, 150);
  }).unref();
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    ending = true;
    clearTimeout(timer);
    // A Ctrl-C reaches the child by itself; a second signal in the middle of its drain does no harm.
    child?.kill(signal);
  });
}
start();
