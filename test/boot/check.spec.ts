import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Command } from '../support/process/command.js';
import { makeCheckout } from '../support/process/deployment-folder.js';

const files = [
  'client',
  'examples',
  'painter',
  'test',
  'docs',
  'deploy',
  '.ci',
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
];
const settings = ['tsconfig.json', 'knip.json', 'nest-cli.json', 'jest.config.mjs', 'eslint.config.mjs'];
const steps = ['imports between folders', 'sizes', 'unread', 'documents', 'unused exports'];

const faults = [
  [
    'an import against the layers',
    'src/guards/wide.ts → src/adapters/system/system.ts: features and adapters are',
  ],
  ['a file that is too long', 'src/guards/wide.ts: has 301 lines'],
  ['a variable that nothing reads', 'NOBODY_READS_THIS: is a variable that nothing reads'],
  ['a metric that nothing counts', 'a_metric_of_nothing: is a metric that nothing produces'],
  ['a document that names what is not there', 'README.md: names `npm run fly`, which is no script'],
  ['a file that nothing imports', 'Unused files (1)\nsrc/guards/wide.ts'],
  ['an export that nothing uses', 'nobodyAsksForThis'],
] as const;

/** A clone in which each rule is broken once. */
describe('npm run check', () => {
  const folder = mkdtempSync(join(tmpdir(), 'velro-check-'));
  const check = async (): Promise<{ code: number | null; printed: string }> => {
    const command = Command.start(['node', 'tools/check.ts', '--only', steps.join(',')], { cwd: folder });
    return { code: await command.exited(), printed: command.printed };
  };
  const insert = (file: string, before: string, text: string): void => {
    const path = join(folder, file);
    writeFileSync(path, readFileSync(path, 'utf8').replace(before, `${text}${before}`));
  };
  let broken: Awaited<ReturnType<typeof check>>;

  beforeAll(async () => {
    makeCheckout(folder, [...files, ...settings]);
    const long = '// Nothing.\n'.repeat(300);
    writeFileSync(join(folder, 'src/guards/wide.ts'), `import '../adapters/system/system.js';\n${long}`);
    appendFileSync(join(folder, 'src/guards/limit-keys.ts'), 'export const nobodyAsksForThis = 1;\n');
    appendFileSync(join(folder, 'README.md'), '\n`npm run fly`\n');
    insert(
      'config/environment/environment.ts',
      "  @Flag('Serves /metrics.')",
      "  @Flag('Of no use.') NOBODY_READS_THIS?: boolean;\n",
    );
    insert('config/policy/operations/metrics.ts', '} as const', "  a_metric_of_nothing: '',\n");
    broken = await check();
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('exits 1, and runs every step although one has failed', () => {
    expect(broken.code).toBe(1);
    expect(broken.printed.split('\n').filter((line) => /^(ok|FAIL)/.test(line))).toHaveLength(steps.length);
  });

  it('names nothing but what was broken', () => {
    const named = broken.printed
      .split('\n')
      .filter((line) => !/^(ok|FAIL|Unused|$)/.test(line))
      .filter((line) => !faults.some(([, text]) => line.includes(text.split('\n').at(-1) ?? text)));
    expect(named).toEqual([]);
  });

  it.each(faults)('names %s', (_title, text) => {
    expect(broken.printed).toContain(text);
  });
});
