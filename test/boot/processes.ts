import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { hungAfterMs } from '../support/process/wait-until.js';
import type { Env } from './environments.js';

export const root = join(import.meta.dirname, '..', '..');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

/** Runs a program with nothing of our own environment but the PATH. Killed once it hangs, which gives the code null. */
export function run(
  program: string,
  args: readonly string[],
  options: { cwd: string; env?: Env },
): Promise<Outcome> {
  const started = performance.now();
  const env = { PATH: process.env['PATH'] ?? '', ...options.env };
  const child = spawn(program, args, {
    cwd: options.cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: hungAfterMs,
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => {
      resolve({ code, ...output, milliseconds: performance.now() - started });
    });
  });
}

/** A folder of its own for a test, removed by `remove`. */
export const temporary = (): string => mkdtempSync(join(tmpdir(), 'velro-boot-'));
export const remove = (folder: string): void => {
  rmSync(folder, { recursive: true, force: true });
};

/** Brings dist/ up to date, one builder at a time: a half-written file would break a boot that runs beside it. */
export async function built(): Promise<void> {
  const lock = join(tmpdir(), 'velro-boot-build.lock');
  for (let waited = 0; waited < hungAfterMs; waited += 100) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (age > 60_000) remove(lock);
      await pause(100);
    }
  }
  try {
    const { code, stderr } = await run(process.execPath, [join(root, 'tools', 'build.ts')], { cwd: root });
    if (code !== 0) throw new Error(`the build failed: ${stderr}`);
  } finally {
    remove(lock);
  }
}
