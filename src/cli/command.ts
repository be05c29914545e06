import { ConfigurationError } from '../../config/load-config.js';

/** What a command of this folder is, to the one who types it. */
export interface Command {
  /** Printed when the arguments make no sense. */
  readonly usage: string;
  /** Stands before the reason of a failure that nobody foresaw. */
  readonly failure?: string;
}

/** A failure that has been foreseen: its message is all that is printed. */
export class CommandFailed extends Error {
  override readonly name: string = 'CommandFailed';
}

/** The arguments make no sense: the usage is printed, and the command exits with 2. */
export class NotUnderstood extends Error {
  override readonly name = 'NotUnderstood';
}

/**
 * Runs a command on the arguments of this process. The exit code is what `work` returns, 2 when it has not understood, and 1
 * when it failed, with the reason on standard error and no stack. The process ends by itself, so that output is not cut off.
 */
export async function runCommand(
  { usage, failure = 'it could not be done' }: Command,
  work: (args: readonly string[]) => Promise<number> | number,
): Promise<void> {
  try {
    process.exitCode = await work(givenArguments());
  } catch (error) {
    process.exitCode = error instanceof NotUnderstood ? 2 : 1;
    process.stderr.write(`${reasonOf(error, usage, failure)}\n`);
  }
}

/** npm hands on a separator that stands twice. */
function givenArguments(): readonly string[] {
  const given = process.argv.slice(2);
  return given[0] === '--' ? given.slice(1) : given;
}

function reasonOf(error: unknown, usage: string, failure: string): string {
  if (error instanceof NotUnderstood) return usage;
  if (error instanceof ConfigurationError) return error.report();
  if (error instanceof CommandFailed) return error.message;
  return `${failure}: ${error instanceof Error ? error.message : String(error)}`;
}
