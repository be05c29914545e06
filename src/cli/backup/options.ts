import { createReadStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { backupPolicy } from '../../../config/policy/operations/backup.js';
import { CommandFailed, NotUnderstood } from '../command.js';

/** The values of the options that are given: `--<name> <value>`, and flags as `true`. @throws NotUnderstood for anything else */
export function optionsIn<Name extends string, Flag extends string = never>(
  args: readonly string[],
  names: readonly Name[],
  flags: readonly Flag[] = [],
): Partial<Record<Name, string>> & Partial<Record<Flag, true>> {
  const options: Record<string, { type: 'string' | 'boolean' }> = {};
  for (const name of names) options[name] = { type: 'string' };
  for (const name of flags) options[name] = { type: 'boolean' };
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true });
    if (Object.values(values).includes('')) throw new NotUnderstood();
    return values as Partial<Record<Name, string>> & Partial<Record<Flag, true>>;
  } catch {
    throw new NotUnderstood();
  }
}

/** @throws NotUnderstood when it was not given */
export function required(value: string | undefined): string {
  if (value === undefined) throw new NotUnderstood();
  return value;
}

/** The text of a file of `age-keygen`. @throws CommandFailed, which says nothing of the file */
export async function identityIn(file: string): Promise<string> {
  const { identityFileBytes: end } = backupPolicy;
  try {
    let text = '';
    for await (const part of createReadStream(file, { end, encoding: 'utf8' })) text += String(part);
    return text;
  } catch {
    throw new CommandFailed('the file of the identity cannot be read');
  }
}
