// The whole suite: builds what the tests start as processes, says what this machine lacks, runs Jest.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { missingPrograms } from './programs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
await build();
for (const { program, debianPackage, tests } of await missingPrograms()) {
  process.stdout.write(
    `skipped, because ${program} is not on this machine (Debian: ${debianPackage}): ${tests}\n`,
  );
}
const jest = `${root}/node_modules/jest/bin/jest.js`;
const child = spawn(
  process.execPath,
  ['--experimental-vm-modules', '--no-warnings', jest, ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
child.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
