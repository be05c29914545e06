import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { controlIds } from '../../src/features/controls/catalogue/controls.js';
import { projectRoot } from '../../test/support/process/project-root.js';

const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const routes = new Set(
  [...read('docs/routes.md').matchAll(/^\| `([A-Z]+ [^`]+)`/gm)].map(([, route = '']) => route),
);
const ids: readonly string[] = controlIds;
/** Variables, and what begins with the program of somebody else. */
const others = /^(railway (up|variable set)( |$)|[A-Z_]+$)/;

/** What stands in backticks in the second column of the table below a heading. */
const successors = (heading: string): string[] =>
  (read('docs/deployment.md').split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .flatMap((line) => [...(line.split(/(?<!\\)\|/)[2] ?? '').matchAll(/`([^`]+)`/g)])
    .map(([, text = '']) => text);

const exists = (text: string): boolean => {
  const script = /^npm (?:run )?([\w:-]+)/.exec(text)?.[1];
  if (script !== undefined) return scripts[script] !== undefined;
  const command = /^node dist\/(\S+)\.js/.exec(text)?.[1];
  if (command !== undefined) return existsSync(join(projectRoot, `${command}.ts`));
  if (/^(GET|POST) /.test(text)) return routes.has(text);
  return others.test(text) || ids.includes(text) || existsSync(join(projectRoot, text));
};

describe('the guide of a deployment', () => {
  it('replaces what the guides name by commands, routes, files and controls that exist', () => {
    const named = successors('What the guides name, and what takes its place');
    expect(named.length).toBeGreaterThan(35);
    expect(named.filter((text) => !exists(text))).toEqual([]);
  });

  it('names every setting of a vendor by its control', () => {
    const named = successors('What only a person can set');
    expect(named.toSorted()).toEqual(ids.filter((id) => id.startsWith('vendor/')).toSorted());
  });
});

/** What stands in backticks in the first column of the table of successors. */
const replaced = (
  read('docs/deployment.md').split('\n## What the guides name, and what takes its place\n')[1] ?? ''
)
  .split('\n## ')[0]
  ?.split('\n')
  .flatMap((line) => [...(line.split(/(?<!\\)\|/)[1] ?? '').matchAll(/`([^`]+)`/g)])
  .map(([, text = '']) => text.replaceAll('\\|', '|'));

/** What tells a command of the guides from another: a script with its options, a path of an address, or the first words. */
function markOf(line: string): string {
  const path = /https?:\/\/[\w.-]+(\/[\w/-]+)/.exec(line)?.[1];
  if (line.startsWith('curl') || line.startsWith('for ')) return path ?? line;
  if (line.startsWith('railway variables set'))
    return /--environment \w+/.exec(line)?.[0] ?? 'railway variables set';
  if (/^(python|railway)/.test(line)) return line;
  return /^(\w+ ?=?|\w+)/.exec(line)?.[0].trim() ?? line;
}

const seeds = process.env['SEED_DOCUMENTS'] ?? '';
const withSeeds = existsSync(seeds) ? describe : describe.skip;
withSeeds('the guides of others', () => {
  const files = existsSync(seeds) ? readdirSync(seeds) : [];
  const texts = files.map((file) => readFileSync(join(seeds, file), 'utf8'));
  const all = (pattern: RegExp): string[] => [
    ...new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, found = '']) => found.trim()))),
  ];
  const column = (replaced ?? []).join('\n');

  it('name no command that the first column of successors leaves out', () => {
    const commands = all(/^ *((?:python|railway|curl|cp|sed|nano|echo|grep|for|JWT_SECRET=).*)$/gm);
    expect(commands.length).toBeGreaterThan(20);
    expect(commands.filter((line) => !column.includes(markOf(line)))).toEqual([]);
  });

  it('name no file that the first column of successors leaves out', () => {
    const named = all(/((?:[\w-]+\/)*[\w-]+\.(?:py|md)|tests\/load\/)/g);
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((file) => !column.includes(file))).toEqual([]);
  });
});
