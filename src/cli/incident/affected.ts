import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { createInterface } from 'node:readline';
import { incidentPolicy } from '../../../config/policy/privacy/incidents.js';
import { AffectedRepository, type Window } from '../../features/incidents/affected.repository.js';
import type { Incident } from '../../features/incidents/incident.js';
import { CommandFailed, NotUnderstood } from '../command.js';
import { openIncidentOf, type Desk } from './desk.js';
import { tellPersons } from './notify.js';
import { timeOf, type Options } from './options.js';

const { accountBatch, maxListBytes } = incidentPolicy;

type Given = Pick<Options, 'since' | 'until' | 'reads' | 'address' | 'accounts' | 'mail'>;

/**
 * Lists the accounts that an incident touched, and with `mail` puts one mail to each of them into the queue. Each batch is committed by itself:
 * whatever ended it in between, the same command goes on. @throws NotUnderstood, CommandFailed
 */
export async function affected(desk: Desk, id: string | undefined, given: Given): Promise<void> {
  const window = windowOf(given);
  const isAsked = given.address !== undefined || given.accounts !== undefined;
  if (given.reads === true && window.since === null) throw new NotUnderstood();
  if (!isAsked && window.since === null && given.mail !== true) throw new NotUnderstood();
  const incident = await openIncidentOf(desk, id);
  const accounts = new AffectedRepository(desk.database);
  const keep = (found: readonly string[]): Promise<void> => add(desk, accounts, incident, found);
  if (given.reads === true || (!isAsked && window.since !== null))
    await addRead(desk, accounts, window, keep);
  if (given.address !== undefined) await addSignedIn(accounts, addressOf(given.address), window, keep);
  if (given.accounts !== undefined) await addNamed(desk, accounts, given.accounts, keep);
  await print(desk, accounts, incident);
  if (given.mail === true) await tellPersons(desk, accounts, incident);
}

function windowOf({ since, until }: Given): Window {
  return {
    since: since === undefined ? null : timeOf(since),
    until: until === undefined ? null : timeOf(until),
  };
}

function addressOf(text: string): string {
  if (isIP(text) === 0) throw new NotUnderstood();
  return text;
}

async function add(
  { database, entry }: Desk,
  accounts: AffectedRepository,
  incident: Incident,
  found: readonly string[],
): Promise<void> {
  if (found.length === 0) return;
  await database.transaction(async (tx) => {
    const added = await accounts.add(tx, incident.id, found);
    if (added > 0) await entry(tx, 'incident.affected', incident, { accounts: added });
  });
}

type Keep = (found: readonly string[]) => Promise<void>;

/** Of whom the audit log says that an administrator read their data. Entries name accounts by keyed hashes: every account is hashed. */
async function addRead(
  { audit, print }: Desk,
  accounts: AffectedRepository,
  window: Window,
  keep: Keep,
): Promise<void> {
  await eachPage(
    (after) => accounts.accounts(after, accountBatch),
    async (page) => {
      const hashes = page.map((id) => ({ id, of: audit.pseudonymsOf(id) }));
      const read = await accounts.readOf(
        hashes.flatMap(({ of }) => of),
        window,
      );
      await keep(
        hashes.filter(({ of }) => of.some((hash) => read.has(hash.toString('hex')))).map(({ id }) => id),
      );
    },
  );
  const many = await accounts.readsOfMany(window);
  if (many > 0) print(`${many} times many accounts were read at once: those entries name none of them`);
}

function addSignedIn(
  accounts: AffectedRepository,
  address: string,
  window: Window,
  keep: Keep,
): Promise<void> {
  return eachPage((after) => accounts.signedInFrom(address, window, after, accountBatch), keep);
}

async function eachPage(
  read: (after: string | null) => Promise<readonly string[]>,
  use: (page: readonly string[]) => Promise<void>,
): Promise<void> {
  let after: string | null = null;
  for (;;) {
    const page: readonly string[] = await read(after);
    await use(page);
    after = page.at(-1) ?? null;
    if (page.length < accountBatch) return;
  }
}

/** One id or e-mail address a line. */
async function addNamed(
  { print }: Desk,
  accounts: AffectedRepository,
  file: string,
  keep: Keep,
): Promise<void> {
  const size = await stat(file).then(
    (found) => found.size,
    () => null,
  );
  if (size === null) throw new CommandFailed(`${file} cannot be read`);
  if (size > maxListBytes) throw new CommandFailed(`${file} is larger than ${maxListBytes} bytes`);
  let [names, unknown]: [string[], number] = [[], 0];
  const flush = async (): Promise<void> => {
    const found = await accounts.named(names);
    unknown += names.length - new Set(found.map(({ name }) => name)).size;
    await keep(found.map((one) => one.id));
    names = [];
  };
  for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
    const name = line.trim();
    if (name === '') continue;
    names.push(name);
    if (names.length === accountBatch) await flush();
  }
  await flush();
  if (unknown > 0) print(`${unknown} lines of ${file} name no account`);
}

async function print(desk: Desk, accounts: AffectedRepository, { id }: Incident): Promise<void> {
  let after: string | null = null;
  for (;;) {
    const page: Awaited<ReturnType<AffectedRepository['list']>> = await accounts.list(
      id,
      after,
      accountBatch,
    );
    for (const { userId, notifiedAt } of page)
      desk.print(notifiedAt === null ? userId : `${userId} told ${notifiedAt.toISOString()}`);
    after = page.at(-1)?.userId ?? null;
    if (page.length < accountBatch) break;
  }
  const { persons, untold } = await accounts.counts(id);
  desk.print(`${persons} accounts, ${untold} of them not told`);
}
