import { join } from 'node:path';
import { Command } from '../process/command.js';
import { projectRoot } from '../process/project-root.js';

const cli = join(projectRoot, 'dist', 'src', 'cli', 'security-audit', 'security-audit.js');

/** Runs `security:audit` against `url`, in this checkout. */
export async function audit(
  url: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
) {
  const command = Command.start([process.execPath, cli, '--url', url, ...args], { cwd: projectRoot, env });
  const code = await command.exited();
  return { code, stdout: command.stdout, stderr: command.stderr };
}
