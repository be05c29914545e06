import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const root = join(import.meta.dirname, '..', '..');
/** No rule about the layers asks for types, which would be found out for the whole project. */
const eslint = new ESLint({ cwd: root, overrideConfig: [tseslint.configs.disableTypeChecked] });

/** What the linter says of a line, written into an existing file of a room. */
async function faults(file: string, line: string): Promise<string[]> {
  const [result] = await eslint.lintText(`${line}\n`, { filePath: join(root, file) });
  return (result?.messages ?? []).map((message) => message.ruleId ?? message.message);
}

describe('the linter keeps the layers apart', () => {
  it.each([
    [
      'a feature does not know an adapter',
      'src/features/accounts/sign-in/sign-in.service.ts',
      "import '../../adapters/memory/memory-counters.js';",
    ],
    [
      'a guard does not know an adapter',
      'src/guards/token/token.guard.ts',
      "import '../adapters/memory/memory-counters.js';",
    ],
    [
      'the perimeter does not know an adapter',
      'src/perimeter/policy/cors.ts',
      "import '../adapters/memory/memory-counters.js';",
    ],
    [
      'the perimeter does not know a feature',
      'src/perimeter/policy/cors.ts',
      "import '../features/users/users.service.js';",
    ],
    [
      'a guard does not know a feature',
      'src/guards/token/token.guard.ts',
      "import '../features/users/users.service.js';",
    ],
    ['a port imports no feature', 'src/ports/clock.ts', "import '../features/users/users.service.js';"],
    ['a port imports no adapter', 'src/ports/clock.ts', "import '../adapters/system/system.js';"],
    [
      'an adapter does not know a feature',
      'src/adapters/system/system.ts',
      "import '../../features/users/users.service.js';",
    ],
    [
      'the configuration imports nothing of the service',
      'config/values/secret.ts',
      "import '../src/ports/clock.js';",
    ],
    [
      "a feature does not reach into another's tables",
      'src/features/accounts/sign-in/sign-in.service.ts',
      "import '../../users/users.repository.js';",
    ],
    [
      'only the embedded default loads development packages',
      'src/adapters/system/system.ts',
      "import '@supabase/lite';",
    ],
  ])('%s', async (_title, file, line) => {
    expect(await faults(file, line)).toContain('no-restricted-imports');
  });

  it.each([
    [
      'a feature reaches another through its service',
      'src/features/accounts/sign-in/sign-in.service.ts',
      "import '../users/users.service.js';",
    ],
    [
      'a feature asks a port',
      'src/features/accounts/sign-in/sign-in.service.ts',
      "import '../../ports/clock.js';",
    ],
    ['an adapter answers a port', 'src/adapters/system/system.ts', "import '../../ports/clock.js';"],
  ])('%s', async (_title, file, line) => {
    expect(await faults(file, line)).toEqual([]);
  });

  it('the environment is read in config/ only, and no file calls process.exit', async () => {
    expect(await faults('src/serve.ts', "export const x = process.env['PATH'];")).toContain(
      'no-restricted-properties',
    );
    expect(await faults('src/serve.ts', 'process.exit(1);')).toContain('no-restricted-properties');
    expect(
      await faults('config/environment/environment.ts', "export const x = process.env['PATH'];"),
    ).toEqual([]);
  });
});
