import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot } from './project-root.js';

/** Files by their path below the project. */
export type Files = Readonly<Record<string, string>>;

/** Does something with a folder that holds these files, and removes it. */
export async function withFiles<T>(files: Files, work: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'velro-gate-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a gate of `npm run check` says, line by line, of a project that holds these files and no written exceptions. */
export function linesOfGate(name: string, files: Files): Promise<string[]> {
  const gate = join(projectRoot, 'tools/gates/run.ts');
  return withFiles(
    files,
    (folder) =>
      new Promise((resolve, reject) => {
        execFile(process.execPath, [gate, name, folder], (error, stdout, stderr) => {
          const lines = stdout.split('\n').filter((line) => line !== '');
          // It exits 1 when it found something, and for nothing else.
          if ((error === null) === (lines.length === 0) && stderr === '') resolve(lines);
          else reject(new Error(`${stdout}${stderr}`));
        });
      }),
  );
}
