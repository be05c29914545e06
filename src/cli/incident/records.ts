import { readFile } from 'node:fs/promises';
import { incidentPolicy } from '../../../config/policy/privacy/incidents.js';
import {
  incidentKinds,
  isIsolated,
  legalClocks,
  runbookOf,
  type IncidentKind,
} from '../../features/incidents/incident.js';
import { AffectedRepository } from '../../features/incidents/affected.repository.js';
import { CommandFailed, NotUnderstood } from '../command.js';
import { incidentOf, openIncidentOf, type Desk } from './desk.js';
import { timeOf } from './options.js';

const longestTitle = 200;
const longestText = 10_000;

/** A text that says something, of at most so many characters. @throws NotUnderstood */
function textOf(given: string | undefined, longest: number): string {
  const text = given?.trim() ?? '';
  if (text === '') throw new NotUnderstood();
  if (text.length > longest) throw new CommandFailed(`a text is longer than ${longest} characters`);
  return text;
}

/** @throws NotUnderstood, CommandFailed where the discovery is in the future */
export async function open(
  desk: Desk,
  given: { readonly kind?: string; readonly title?: string; readonly discovered?: string },
): Promise<void> {
  const kind = incidentKinds.find((one) => one === given.kind);
  if (kind === undefined) throw new NotUnderstood();
  const title = textOf(given.title, longestTitle);
  const discoveredAt = given.discovered === undefined ? new Date() : timeOf(given.discovered);
  if (discoveredAt.getTime() > Date.now())
    throw new CommandFailed('an incident cannot have been discovered in the future: nothing was written');
  const id = desk.random.uuid();
  await desk.database.transaction(async (tx) => {
    await desk.incidents.open(tx, { id, kind, title, discoveredAt, openedBy: desk.by });
    await desk.entry(tx, 'incident.opened', { id }, { kind, discovered: discoveredAt.toISOString() });
  });
  sayOpened(desk, id, kind, discoveredAt);
}

function sayOpened({ print }: Desk, id: string, kind: IncidentKind, discoveredAt: Date): void {
  print(`incident ${id}`);
  print(`runbook: ${runbookOf(kind)}`);
  print(`clocks from its discovery at ${discoveredAt.toISOString()}, where personal data is concerned:`);
  for (const { law, duty, until } of legalClocks(discoveredAt))
    print(`  until ${until.toISOString()}  ${law}: ${duty}`);
}

export async function note(desk: Desk, id: string | undefined, given: string | undefined): Promise<void> {
  const incident = await openIncidentOf(desk, id);
  const text = textOf(given, longestText);
  await desk.database.transaction(async (tx) => {
    await desk.incidents.note(tx, incident.id, { id: desk.random.timeOrderedUuid(), by: desk.by, text });
    await desk.entry(tx, 'incident.noted', incident);
  });
  desk.print('noted');
}

/** @throws NotUnderstood where something of it is missing; CommandFailed where it is isolated or closed already */
export async function close(
  desk: Desk,
  id: string | undefined,
  given: { readonly cause?: string; readonly measures?: string; readonly 'post-mortem'?: string },
): Promise<void> {
  const [cause, measures] = [textOf(given.cause, longestText), textOf(given.measures, longestText)];
  const file = given['post-mortem'];
  if (file === undefined) throw new NotUnderstood();
  const postMortem = textOf(await contentOf(file), incidentPolicy.maxTextCharacters);
  const incident = await openIncidentOf(desk, id);
  if (isIsolated(incident))
    throw new CommandFailed('sign-ins are closed because of it: reopen first. Nothing was changed');
  await desk.database.transaction(async (tx) => {
    if (!(await desk.incidents.close(tx, incident.id, { cause, measures, postMortem })))
      throw new CommandFailed('the incident was isolated or closed meanwhile: nothing was changed');
    await desk.entry(tx, 'incident.closed', incident, { cause });
  });
  desk.print(`incident ${incident.id} is closed`);
  await sayDue(desk, incident.id);
}

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new CommandFailed(`${file} cannot be read`);
  }
}

/** What is still to be done about a closed incident. */
async function sayDue(desk: Desk, id: string): Promise<void> {
  const { kind, discoveredAt } = await incidentOf(desk, id);
  const { persons, queued, untold } = await new AffectedRepository(desk.database).counts(id);
  if (untold > 0)
    desk.print(
      `due: ${untold} of ${persons} persons have not been told: npm run incident -- affected ${id} --mail`,
    );
  if (queued > 0)
    desk.print(
      `due: ${queued} of ${persons} mails wait to be sent. Look again: npm run incident -- affected ${id} --mail sends those again that were given up`,
    );
  if (kind !== 'data_breach') return;
  if (persons === 0) desk.print('due: no account is listed as affected: npm run incident -- affected ' + id);
  for (const { law, duty, until } of legalClocks(discoveredAt))
    desk.print(
      `due unless done: ${law}: ${duty}, until ${until.toISOString()}${until.getTime() < Date.now() ? ' (over)' : ''}`,
    );
}
