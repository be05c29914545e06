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
  ])('refuses %s in README.md', async (_title, text, fault) => {
    const found = await faultsIn({ ...project, 'README.md': text });
    expect(found.map((line) => line.replace(/ \([a-z-]+\)$/, ''))).toEqual([`README.md: ${fault}`]);
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
