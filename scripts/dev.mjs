// Watch mode: builds and starts the service, and starts it again whenever config/ or src/ change.
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
let child = null;
let timer = null;
let ending = false;

function start() {
  child = spawn(process.execPath, [`${root}/scripts/start.mjs`, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  });
  child.once('exit', (code) => {
    child = null;
    if (ending) process.exitCode = code ?? 0;
    else process.stdout.write('the service has ended; waiting for a change\n');
  });
}

function restart() {
  if (child === null) return start();
  child.once('exit', () => ending || start());
  child.kill('SIGTERM');
}

for (const folder of ['config', 'painter', 'src', 'supabase/migrations']) {
  watch(`${root}/${folder}`, { recursive: true }, (_event, name) => {
    if (ending || !/\.(ts|sql)$/.test(name ?? '') || /\.spec\.ts$/.test(name ?? '')) return;
    clearTimeout(timer);
    timer = setTimeout(restart, 150);
  }).unref();
}
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    ending = true;
    clearTimeout(timer);
    // A Ctrl-C reaches the child by itself; a second signal in the middle of its drain does no harm.
    child?.kill(signal);
  });
}
start();
