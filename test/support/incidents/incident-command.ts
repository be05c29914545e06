import { join } from 'node:path';
import { Command } from '../process/command.js';
import { projectRoot } from '../process/project-root.js';
import { compileCache } from '../process/service.js';

const cli = join(projectRoot, 'dist', 'src', 'cli', 'incident', 'incident.js');

export interface Ran {
  readonly code: number | null;
  readonly printed: string;
}

/** How it is started with the environment of a service that keeps its things in `home`. */
export const incidentProgram = (home: string, env: Readonly<Record<string, string>> = {}) => ({
  line: [process.execPath, cli],
  cwd: home,
  env: { ENVIRONMENT: 'test', VELRO_HOME: home, ...compileCache, ...env },
});

/** `npm run incident` with the environment of a service that keeps its things in `home`, which is also where it runs. */
export class IncidentCommand {
  constructor(
    private readonly home: string,
    private readonly env: Readonly<Record<string, string>> = {},
  ) {}

  start(...args: readonly string[]): Command {
    const { line, ...options } = incidentProgram(this.home, this.env);
    return Command.start([...line, ...args], options);
  }

  async run(...args: readonly string[]): Promise<Ran> {
    const command = this.start(...args);
    return { code: await command.exited(), printed: command.printed };
  }

  /** The id of a new incident. */
  async open(kind: string, ...more: readonly string[]): Promise<string> {
    const { printed } = await this.run('open', '--kind', kind, '--title', 'a drill', '--by', 'ada', ...more);
    const id = /^incident ([0-9a-f-]{36})$/m.exec(printed)?.[1];
    if (id === undefined) throw new Error(`not opened: ${printed}`);
    return id;
  }
}
