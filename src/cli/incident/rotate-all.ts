import { open, readFile } from 'node:fs/promises';
import { hasCode } from '../../../config/values/system-error.js';
import { isUuid } from '../../crypto/uuid.js';
import { CommandFailed, NotUnderstood } from '../command.js';
import { openIncidentOf, type Desk } from './desk.js';
import { otherLines, rotated, type Rotated } from './rotated-secrets.js';
import { vendorLines } from './vendors.js';

/**
 * Writes new values into a file that only its owner reads, and prints what each ends; never a value. `out` is wanted: a default would lie
 * in the checkout. A file that was written whole for the incident and not noted yet, since the command was ended in between, is noted as it
 * is. @throws NotUnderstood, CommandFailed
 */
export async function rotateAll(desk: Desk, id: string | undefined, out: string | undefined): Promise<void> {
  if (out === undefined || out.trim() === '') throw new NotUnderstood();
  const incident = await openIncidentOf(desk, id);
  const secrets = rotated(desk.config);
  const rotation = await written(
    out,
    { id: desk.random.timeOrderedUuid(), incidentId: incident.id },
    secrets,
  );
  await desk.database.transaction(async (tx) => {
    const text = `new secrets were made: ${rotation.names.join(', ')}`;
    if (!(await desk.incidents.noteOnce(tx, incident.id, { id: rotation.id, by: desk.by, text })))
      throw new CommandFailed(`${out} is there already, and stays as it is`);
    await desk.entry(tx, 'incident.noted', incident);
  });
  desk.print(
    `new values of our secrets: ${out}. Nothing is in effect before they are set and the service is deployed`,
  );
  for (const { name, ends, needsPrevious } of secrets)
    desk.print(needsPrevious === true ? `${name}: needs an overlap. Ends, ${ends}` : `${name}: ends ${ends}`);
  const set = new Set(desk.config.settings.map(({ name }) => name));
  desk.print('to be made by hand, new one first, then the earlier one revoked:');
  for (const line of vendorLines([...set])) desk.print(`  ${line}`);
  for (const line of otherLines((name) => set.has(name))) desk.print(line);
  desk.print(`check the whole: npm run security:validate -- --environment production. Then remove ${out}`);
}

/** The file's own id, by which it is noted once. */
interface Rotation {
  readonly id: string;
  readonly incidentId: string;
}

const lastLine = '# That is all.';
const firstLine = ({ id, incidentId }: Rotation): string =>
  `# New secrets, made in incident ${incidentId} as ${id}. Set them, then remove this file.`;

const linesOf = (rotation: Rotation, secrets: readonly Rotated[]): string =>
  [
    firstLine(rotation),
    ...secrets.flatMap(({ name, value, needsPrevious }) =>
      needsPrevious === true
        ? [`# Only together with ${name}_PREVIOUS, which is the present value:`, `# ${name}=${value}`]
        : [`${name}="${value}"`],
    ),
    lastLine,
    '',
  ].join('\n');

/** Writes the file, or takes the one that is there. @throws CommandFailed */
async function written(
  file: string,
  rotation: Rotation,
  secrets: readonly Rotated[],
): Promise<{ readonly id: string; readonly names: readonly string[] }> {
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(linesOf(rotation, secrets));
      await handle.sync();
    } finally {
      await handle.close();
    }
    return { id: rotation.id, names: secrets.map(({ name }) => name) };
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw new CommandFailed(`${file} cannot be written`);
    return earlierOne(file, rotation.incidentId);
  }
}

async function earlierOne(
  file: string,
  incidentId: string,
): Promise<{ readonly id: string; readonly names: readonly string[] }> {
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  const id = / as ([0-9a-f-]{36})\. /.exec(lines[0] ?? '')?.[1];
  if (!isUuid(id) || lines[0] !== firstLine({ id, incidentId }))
    throw new CommandFailed(`${file} is there already, and stays as it is`);
  if (lines.at(-2) !== lastLine)
    throw new CommandFailed(`${file} was not written to its end: remove it, and run this again`);
  return { id, names: lines.flatMap((line) => /^(?:# )?([A-Z_]+)=/.exec(line)?.[1] ?? []) };
}
