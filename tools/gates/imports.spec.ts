import { beforeAll, describe, expect, it } from '@jest/globals';
import { linesOfGate } from '../../test/support/process/gates.js';

const nothing = 'export {};\n';
const importing = (...paths: string[]): string =>
  paths.map((path, at) => `import * as n${at} from '${path}';\nvoid n${at};\n`).join('');

/** Forbidden imports: rule, importing file, imported file. */
const forbidden = [
  ['config-below-all', 'config/a.ts', 'src/ports/clock.ts'],
  ['config-below-all', 'config/b.ts', 'painter/painter.ts'],
  ['painter-alone', 'painter/pen.ts', 'src/ports/clock.ts'],
  ['painter-alone', 'painter/ink.ts', 'config/secret.ts'],
  ['client-alone', 'client/src/a.ts', 'src/ports/clock.ts'],
  ['no-client-in-the-service', 'src/listening.ts', 'client/src/index.ts'],
  ['no-tools-in-the-service', 'src/serve.ts', 'tools/build.ts'],
  ...['perimeter', 'guards', 'errors', 'observability', 'threats', 'network', 'crypto', 'cache'].flatMap(
    (folder) => [
      ['below-features', `src/${folder}/a.ts`, 'src/features/users/users.service.ts'],
      ['below-features', `src/${folder}/b.ts`, 'src/adapters/system/system.ts'],
    ],
  ),
  ['features-ask-ports', 'src/features/credits/credits.service.ts', 'src/adapters/system/system.ts'],
  ['ports-alone', 'src/ports/queue.ts', 'src/features/users/users.service.ts'],
  ['ports-take-types', 'src/ports/random.ts', 'config/secret.ts'],
  ['adapters-below-features', 'src/adapters/disk/disk.ts', 'src/features/users/users.service.ts'],
  ...['repository', 'controller', 'dto'].map((kind) => [
    'features-by-their-services',
    `src/features/credits/${kind}-of-users.ts`,
    `src/features/users/users.${kind}.ts`,
  ]),
  ...['dto', 'presenter', 'controller'].flatMap((kind) => [
    [
      'services-without-shapes',
      `src/features/users/${kind}.service.ts`,
      `src/features/users/users.${kind}.ts`,
    ],
    [
      'services-without-shapes',
      `src/features/users/${kind}.repository.ts`,
      `src/features/users/users.${kind}.ts`,
    ],
  ]),
  ['painter-by-its-adapter', 'src/main.ts', 'painter/painter.ts'],
  ['painter-on-demand', 'src/adapters/adapters.ts', 'src/adapters/canvas/canvas.ts'],
].map(([rule = '', from = '', to = '']) => ({ rule, from, to }));

const climb = (from: string, to: string): string => `${'../'.repeat(from.split('/').length - 1)}${to}`;

describe('the check of imports between folders', () => {
  let lines: readonly string[] = [];

  beforeAll(async () => {
    const files: Record<string, string> = {};
    for (const { from, to } of forbidden) {
      files[to] ??= nothing;
      files[from] = importing(climb(from, to).replace(/\.ts$/, '.js'));
    }
    lines = await linesOfGate('imports', files);
  });

  it.each(forbidden)('$rule: refuses that $from imports $to', ({ rule, from, to }) => {
    expect(
      lines.filter((line) => line.startsWith(`${from} → ${to}: `) && line.endsWith(`(${rule})`)),
    ).toHaveLength(1);
  });

  it('refuses a circular import, of types as well', async () => {
    const files = {
      'src/ports/a.ts': `import type { B } from './b.js';\nexport type A = B;\n`,
      'src/ports/b.ts': `import type { A } from './a.js';\nexport type B = A;\n`,
    };
    expect(await linesOfGate('imports', files)).toEqual([
      'src/ports/a.ts → src/ports/b.ts: circular import (no-cycles)',
    ]);
  });

  it('allows imports of lower layers', async () => {
    const files = {
      'config/config.ts': 'export interface Config {}\n',
      'src/ports/clock.ts': `import type { Config } from '../../config/config.js';\nexport type C = Config;\n`,
      'src/features/users/users.service.ts': importing('../../ports/clock.js', '../../guards/caller.js'),
      'src/features/users/users.dto.ts': nothing,
      'src/features/users/users.controller.ts': importing('./users.service.js', './users.dto.js'),
      'src/features/credits/credits.service.ts': importing('../users/users.service.js'),
      'src/guards/caller.ts': importing('../ports/clock.js'),
      'src/adapters/adapters.ts': `export const load = () => import('./canvas/canvas.js');\n`,
      'src/adapters/canvas/canvas.ts': importing('../../../painter/painter.js'),
      'painter/painter.ts': nothing,
    };
    expect(await linesOfGate('imports', files)).toEqual([]);
  });
});
