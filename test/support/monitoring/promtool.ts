import { spawnSync } from 'node:child_process';

/** Prometheus and its tool, which come in one package; tests that need them are skipped without. */
export const hasPrometheus = ['promtool', 'prometheus'].every(
  (program) => spawnSync(program, ['--version']).error === undefined,
);

export interface Checked {
  readonly exitCode: number | null;
  /** Both streams. */
  readonly text: string;
}

/** Runs promtool in a folder. */
export function promtool(folder: string, ...args: readonly string[]): Checked {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' });
  return { exitCode: status, text: `${stdout}${stderr}` };
}
