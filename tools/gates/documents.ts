// Checks documents: commands, links, paths and routes must exist, and the lists in README.md must be complete.
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Fault } from './gate.ts';
import { namedRouteFaults } from './named-routes.ts';

/** Without CHANGELOG.md, which may name files that were removed. */
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'docs/**/*.md',
  'test/**/*.md',
  'client/*.md',
];
const folders = 'src|config|examples|test|tools|docs|painter|supabase|deploy|\\.ci';
/** Scripts that are run as `npm <name>`, without `run`. */
const short = ['start', 'test'];

/** Broken references in the documents of the project at the path `root`. */
export function documentFaults(root: string): Fault[] {
  const scripts = scriptsOf(root);
  const files = documents.flatMap((pattern) => globSync(pattern, { cwd: root })).sort();
  return [
    ...files.flatMap((file) => faultsIn(root, file, scripts)),
    ...namedRouteFaults(root, files),
    ...(files.includes('README.md') ? readmeFaults(root, scripts) : []),
  ];
}

function scriptsOf(root: string): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  return Object.keys(scripts);
}

function faultsIn(root: string, file: string, scripts: readonly string[]): Fault[] {
  const text = readFileSync(join(root, file), 'utf8');
  const commands = matches(text, /npm run (?:--silent )?([a-z][\w:-]*)/g).filter(
    (name) => !scripts.includes(name),
  );
  const links = matches(text, /\]\(([^)\s]+)\)/g)
    .filter((link) => !/^(https?:|mailto:|#)/.test(link))
    .map((link) => link.replace(/#.*$/, ''))
    .filter((link) => !existsSync(join(root, dirname(file), link)));
  const paths = matches(text, new RegExp(`\`((?:${folders})/[^\`\\s]*)\``, 'g')).filter(
    (path) => !isThere(root, path),
  );
  return [
    ...commands.map((name) => fault('dead-command', file, `names \`npm run ${name}\`, which is no script`)),
    ...links.map((link) => fault('dead-link', file, `links to ${link}, which is not there`)),
    ...paths.map((path) => fault('dead-path', file, `names \`${path}\`, which is not there`)),
    ...repeatedHeads(text).map((head) =>
      fault('table-twice', file, `has another table within a table: ${head.trim()}`),
    ),
  ];
}

/**
 * The heads of tables that begin where another one has not ended, which is what a merge makes of a table that both sides changed. Markdown
 * shows the second head as a row.
 */
function repeatedHeads(text: string): string[] {
  const lines = text.split('\n');
  return lines.filter(
    (line, at) =>
      line.startsWith('|') &&
      (lines[at - 1] ?? '').startsWith('|') &&
      /^\|[ :-]+-[ :|-]*\|$/.test(lines[at + 1] ?? ''),
  );
}

const fault = (rule: string, where: string, text: string): Fault => ({ rule, where, text });

const matches = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? '')),
];

/** Whether a path exists or a glob matches a file. A path with a placeholder, `src/features/<noun>/`, is not checked. */
function isThere(root: string, path: string): boolean {
  if (/[<>]/.test(path)) return true;
  return path.includes('*') ? globSync(path, { cwd: root }).length > 0 : existsSync(join(root, path));
}

/** README.md must name every npm script, and its diagram every feature and every adapter. */
function readmeFaults(root: string, scripts: readonly string[]): Fault[] {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  const missing = scripts
    .filter((name) => !text.includes(short.includes(name) ? `npm ${name}` : `npm run ${name}`))
    .map((name) => fault('unnamed-command', 'README.md', `does not name \`npm run ${name}\``));
  return [
    ...missing,
    ...['src/features', 'src/adapters'].flatMap((folder) => drawingFaults(root, text, folder)),
  ];
}

/** Compares the names in the diagram's box of a folder, separated by middle dots, with the subfolders. */
function drawingFaults(root: string, text: string, folder: string): Fault[] {
  const box = text.split('\n').reduce<{ open: boolean; names: string[] }>(
    ({ open, names }, line) => {
      const isOpen = line.includes(`│ ${folder}/`) || (open && /│ {5}/.test(line));
      const inside = line.split('│')[1]?.replace(`${folder}/`, '') ?? '';
      return {
        open: isOpen,
        names: isOpen ? [...names, ...inside.split('·').map((name) => name.trim())] : names,
      };
    },
    { open: false, names: [] },
  );
  const drawn = box.names.filter((name) => name !== '');
  const there = readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  return [
    ...there
      .filter((name) => !drawn.includes(name))
      .map((name) => fault('drawing', 'README.md', `draws ${folder}/ without ${name}`)),
    ...drawn
      .filter((name, at) => drawn.indexOf(name) < at)
      .map((name) => fault('drawing', 'README.md', `draws ${name} in ${folder}/ twice`)),
    ...drawn
      .filter((name) => !there.includes(name))
      .map((name) => fault('drawing', 'README.md', `draws ${name} in ${folder}/, where it is not`)),
  ];
}
