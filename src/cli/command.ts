import { hasCode } from '../../config/values/system-error.js';
import { ConfigurationError } from '../../config/load-config.js';

/** Texts that a command line program of this folder prints. */
export interface Command {
  /** Printed to standard error when the arguments are invalid. */
  readonly usage: string;
  /** Prefix of the message of an unexpected error. */
  readonly failure?: string;
}

/** An expected failure: only its message is printed, and the exit code is 1. */
export class CommandFailed extends Error {
  override readonly name: string = 'CommandFailed';
}

/** Invalid arguments: the usage is printed, or the message where there is one, and the exit code is 2. */
export class NotUnderstood extends Error {
  override readonly name = 'NotUnderstood';
}

/**
 * Runs a command with the arguments of this process. The exit code is what `work` returns, 2 after `NotUnderstood`, and 1
 * after any other error, with its message and no stack on standard error. Sets `process.exitCode` and does not call
 * `process.exit`, so that output is flushed. What reads the output may leave (`| head -1`): the work goes on to its end.
 */
export async function runCommand(
  { usage, failure = 'it could not be done' }: Command,
  work: (args: readonly string[]) => Promise<number> | number,
): Promise<void> {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error) => {
      if (!hasCode(error, 'EPIPE')) throw error;
    });
  try {
    process.exitCode = await work(givenArguments());
  } catch (error) {
    process.exitCode = error instanceof NotUnderstood ? 2 : 1;
    process.stderr.write(`${reasonOf(error, usage, failure)}\n`);
  }
}

/** npm passes the second of two `--` separators on to the program. */
function givenArguments(): readonly string[] {
  const given = process.argv.slice(2);
  return given[0] === '--' ? given.slice(1) : given;
}

function reasonOf(error: unknown, usage: string, failure: string): string {
  if (error instanceof NotUnderstood) return error.message === '' ? usage : error.message;
  if (error instanceof ConfigurationError) return error.report();
  if (error instanceof CommandFailed) return error.message;
  return `${failure}: ${error instanceof Error ? error.message : String(error)}`;
}
