// Runs the test suite: builds the service that tests start as processes, prints missing programs, runs Jest.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../build.ts';
import { bundle } from '../bundle.ts';
import { endLeftovers } from './leftovers.ts';
import { memoryFolder } from './memory-folder.ts';
import { compileAhead } from './compile-ahead.ts';
import { keptElsewhere, missingPrograms, needsNetwork } from './programs.ts';
import { endServices, makeFolderOfServices } from './shared-services.ts';
import { makeTemplate } from './template.ts';

/** Every start of the service in a test loads the same 3,600 modules. */
const compileCache = join(root, 'node_modules', '.cache', 'compiled');

async function bundleForTests(): Promise<void> {
  // Of its own accord the identity provider of the embedded default hashes a password for a fourteenth of a second, in JavaScript.
  await bundle({ embedded: true, passwordCost: 4, hasPolicyOfTests: true });
}

async function saySkipped(): Promise<void> {
  for (const { program, debianPackage, tests } of await missingPrograms()) {
    process.stdout.write(
      `skipped, because ${program} is not on this machine (Debian: ${debianPackage}): ${tests}\n`,
    );
  }
  if (process.env['VELRO_TEST_NETWORK'] !== 'true')
    process.stdout.write(
      `skipped, because VELRO_TEST_NETWORK=true is not set and they fetch packages: ${needsNetwork.join(', ')}\n`,
    );
  for (const { variable, tests } of keptElsewhere)
    if (process.env[variable] === undefined)
      process.stdout.write(`skipped, because ${variable} does not name their folder: ${tests}\n`);
}

/** Runs Jest with these arguments and sets its exit code as that of this process. */
export async function runTests(args: readonly string[]): Promise<void> {
  // A caller that runs specs many times (tools/mutants) creates and removes the template itself, and says which specs run no bundle.
  const given = process.env['VELRO_TEST_TEMPLATE'];
  const isBundled = process.env['VELRO_TEST_BUNDLE'] !== 'false';
  if (isBundled) await bundleForTests();
  if (given === undefined) await saySkipped();
  const homes = await mkdtemp(join(await memoryFolder(), 'velro-run-'));
  // The user that runs a database passes through.
  await chmod(homes, 0o711);
  const template = given ?? (await makeTemplate(homes));
  const compiled = process.env['NODE_COMPILE_CACHE'] ?? compileCache;
  // It pays where specs start the bundle many times.
  if (given === undefined) await compileAhead(template, homes, compiled);
  const services = await makeFolderOfServices();
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const child = spawn(process.execPath, ['--experimental-vm-modules', '--no-warnings', jest, ...args], {
    cwd: root,
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: compiled,
      VELRO_TEST_TEMPLATE: template,
      VELRO_TEST_HOMES: homes,
      VELRO_TEST_SHARED: services,
    },
    stdio: 'inherit',
  });
  // Whoever gives the run up leaves no service and no folder of it behind.
  const giveUp = (): void => void child.kill('SIGKILL');
  process.once('SIGTERM', giveUp);
  const [code] = (await once(child, 'exit')) as [number | null];
  process.off('SIGTERM', giveUp);
  await endServices(services);
  endLeftovers(homes);
  await rm(homes, { recursive: true, force: true, maxRetries: 5 });
  process.exitCode = code ?? 1;
}

if (import.meta.main) await runTests(process.argv.slice(2));
