// The whole suite: builds what the tests start as processes, says what this machine lacks, runs Jest.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { makeTemplate } from './test-template.mjs';
import { missingPrograms } from './programs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
await build();
for (const { program, debianPackage, tests } of await missingPrograms()) {
  process.stdout.write(
    `skipped, because ${program} is not on this machine (Debian: ${debianPackage}): ${tests}\n`,
  );
}
// Whoever runs specs many times prepares one, and removes it.
const given = process.env.VELRO_TEST_TEMPLATE;
const template = given ?? (await makeTemplate());
const jest = `${root}/node_modules/jest/bin/jest.js`;
const child = spawn(
  process.execPath,
  ['--experimental-vm-modules', '--no-warnings', jest, ...process.argv.slice(2)],
  {
    cwd: root,
    env: { ...process.env, VELRO_TEST_TEMPLATE: template },
    stdio: 'inherit',
  },
);
child.once('exit', (code) => {
  if (given === undefined) rmSync(template, { recursive: true, force: true });
  process.exitCode = code ?? 1;
});
