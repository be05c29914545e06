import { describe, expect, it } from '@jest/globals';
import { documentFaults } from './documents.ts';
import { judge } from './gate.ts';
import { withFiles, type Files } from '../../test/support/process/gates.js';

const drawing = [
  '│ src/features/    users · credits │',
  '│                  admin           │',
  '├──────────────────────────────────┤',
  '│ src/adapters/    disk            │',
].join('\n');
const project = {
  'package.json': '{"scripts":{"start":"node .","lint":"node ."}}',
  'src/features/users/a.ts': '',
  'src/features/credits/a.ts': '',
  'src/features/admin/a.ts': '',
  'src/adapters/disk/a.ts': '',
  'docs/a.md': '# A\n',
};
const good = `\`npm start\`, \`npm run lint\`, [a](docs/a.md#a), \`src/adapters/disk/a.ts\`, \`src/features/*/a.ts\`\n${drawing}\n`;

const faultsIn = (files: Files): Promise<string[]> =>
  withFiles(files, (folder) => judge(documentFaults(folder), []));

describe('the check of documents', () => {
  it('allows existing commands, links and paths and a complete diagram', async () => {
    expect(await faultsIn({ ...project, 'README.md': good })).toEqual([]);
  });

  it('allows tables with text between them, with the same head as well', async () => {
    const table = '| a | b |\n| --- | :-: |\n| - | 2 |\n';
    expect(await faultsIn({ ...project, 'README.md': `${good}\n${table}\n${table}` })).toEqual([]);
  });

  it.each([
    ['an unknown npm script', `${good} npm run fly`, 'names `npm run fly`, which is no script'],
    ['a broken link', `${good} [b](docs/b.md)`, 'links to docs/b.md, which is not there'],
    ['a path that does not exist', `${good} \`src/gone.ts\``, 'names `src/gone.ts`, which is not there'],
    ['a missing npm script', good.replace('npm run lint', 'lint'), 'does not name `npm run lint`'],
    [
      'a feature that is missing in the diagram',
      good.replace('credits', '       '),
      'draws src/features/ without credits',
    ],
    [
      'an adapter that does not exist',
      good.replace('disk   ', 'disk · b'),
      'draws b in src/adapters/, where it is not',
    ],
    [
      'a feature that the diagram draws twice',
      good.replace('admin ', 'admin · users'),
      'draws users in src/features/ twice',
    ],
    [
      'a table whose head stands again among its rows, as a merge leaves it',
      `${good}\n| a | b |\n| --- | --- |\n| 1 | 2 |\n| a | b |\n| --- | --- |\n| 1 | 2 |\n`,
      'has another table within a table: | a | b |',
    ],
  ])('refuses %s in README.md', async (_title, text, fault) => {
    const found = await faultsIn({ ...project, 'README.md': text });
    expect(found.map((line) => line.replace(/ \([a-z-]+\)$/, ''))).toEqual([`README.md: ${fault}`]);
  });

  const routes = '| `GET /api/v1/things/{id}` | |\n| `POST /ops/do` | |\n';
  it.each([
    ['docs/b.md', 'GET /api/v1/things/{id}, GET /things/<id>, POST /ops/do', []],
    [
      'docs/b.md',
      'POST /api/v1/things/{id}',
      ['docs/b.md: names POST /api/v1/things/{id}, which is no route'],
    ],
    ['docs/b.md', 'GET /api/v1/things.csv', ['docs/b.md: names GET /api/v1/things.csv, which is no route']],
    [
      'src/features/users/a.ts',
      "'GET /ops/do'",
      ['src/features/users/a.ts: names GET /ops/do, which is no route'],
    ],
    ['src/features/users/a.spec.ts', "'GET /ops/do'", []],
  ])('finds in %s of %j the routes that do not exist', async (file, text, faults) => {
    const found = await faultsIn({ ...project, 'README.md': good, 'docs/routes.md': routes, [file]: text });
    expect(found.map((line) => line.replace(/ \([a-z-]+\)$/, ''))).toEqual(faults);
  });

  it.each(['docs/b.md', 'docs/adr/b.md', 'CONTRIBUTING.md', 'SECURITY.md'])(
    'checks %s as well',
    async (file) => {
      const found = await faultsIn({
        ...project,
        'README.md': good,
        [file]: 'npm run fly\n',
      });
      expect(found).toEqual([`${file}: names \`npm run fly\`, which is no script (dead-command)`]);
    },
  );
});
