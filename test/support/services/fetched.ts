import { Command } from '../process/command.js';

const tries = 3;
const pauseMs = 5000;

/** By which a download finds its way out of the machine, and whom it trusts. */
const ways = ['NODE_EXTRA_CA_CERTS', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'npm_config_registry'];

/** The environment of a command that downloads packages: commands of tests have nothing of ours otherwise. */
export const downloading = Object.fromEntries(
  ways.flatMap((name) => {
    const value = process.env[name] ?? process.env[name.toLowerCase()];
    return value === undefined ? [] : [[name, value]];
  }),
);

/**
 * Runs a command of npm that downloads packages, again where it fails: a registry may be away for a moment, and what is judged is not the
 * network. Throws what was printed last when it never ends with 0.
 */
export async function fetched(line: string, options: Parameters<typeof Command.start>[1]): Promise<void> {
  for (let round = 1; ; round++) {
    const command = Command.start(line, { ...options, env: { ...downloading, ...options.env } });
    const code = await command.exited();
    if (code === 0) return;
    if (round === tries)
      throw new Error(`${line} ended with ${String(code)} ${tries} times:\n${command.printed}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
