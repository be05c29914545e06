// Size limits: files in a folder, lines of a file, parameters of a constructor.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import type { Fault } from './gate.ts';

const limits = { filesInFolder: 15, linesOfFile: 250, parametersOfConstructor: 8 };
const folders = ['src', 'config', 'tools', 'painter', 'client/src'];
/** Checked for the number of files in a folder only. */
const foldersAlone = ['test/support'];

interface Folder {
  readonly path: string;
  /** Names of the source files directly in it, without specs. */
  readonly files: readonly string[];
}

function* foldersBelow(path: string): Generator<Folder> {
  const entries = readdirSync(path, { withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && /\.m?ts$/.test(entry.name) && !entry.name.endsWith('.spec.ts'))
    .map(({ name }) => name);
  yield { path, files };
  for (const entry of entries) if (entry.isDirectory()) yield* foldersBelow(join(path, entry.name));
}

/** Folders, files and constructors above a limit, in the project at the path `root`. */
export function sizeFaults(root: string): Fault[] {
  const below = (names: readonly string[]): Folder[] =>
    names.flatMap((name) => [...foldersBelow(join(root, name))]);
  const sources = below(folders);
  return [
    ...[...sources, ...below(foldersAlone)].flatMap(({ path, files }) =>
      folderFaults(relative(root, path), files),
    ),
    ...sources.flatMap(({ path, files }) =>
      files.flatMap((file) =>
        fileFaults(relative(root, join(path, file)), readFileSync(join(path, file), 'utf8')),
      ),
    ),
  ];
}

function folderFaults(where: string, { length: size }: readonly string[]): Fault[] {
  if (size <= limits.filesInFolder) return [];
  return [
    {
      rule: 'folder-size',
      where,
      size,
      text: `holds ${size} files, and a folder at most ${limits.filesInFolder}`,
    },
  ];
}

/** Faults of one file by its text: lines and constructor parameters. */
export function fileFaults(where: string, text: string): Fault[] {
  const lines = text.replace(/\n$/, '').split('\n').length;
  const long = {
    rule: 'file-size',
    where,
    size: lines,
    text: `has ${lines} lines, and a file at most ${limits.linesOfFile}`,
  };
  const wide = constructorsOf(text)
    .filter((size) => size > limits.parametersOfConstructor)
    .map((size) => ({
      rule: 'constructor-size',
      where,
      size,
      text: `has a constructor of ${size} parameters, and a constructor takes at most ${limits.parametersOfConstructor}`,
    }));
  return [...(lines > limits.linesOfFile ? [long] : []), ...wide];
}

/** The number of parameters of each constructor of a file. */
function constructorsOf(text: string): number[] {
  const found: number[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isConstructorDeclaration(node) && node.body !== undefined) found.push(node.parameters.length);
    node.forEachChild(visit);
  };
  visit(ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest));
  return found;
}
