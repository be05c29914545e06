import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { createInterface } from 'node:readline';
import { canonicalEmail } from '../../../config/values/email-address.js';
import { incidentPolicy } from '../../../config/policy/privacy/incidents.js';
import { AffectedRepository, type Window } from '../../features/incidents/affected.repository.js';
import type { Incident } from '../../features/incidents/incident.js';
import { isUuid } from '../../crypto/uuid.js';
import { canonicalAddress } from '../../network/client-address.js';
import { CommandFailed, NotUnderstood } from '../command.js';
import { openIncidentOf, type Desk } from './desk.js';
import { tellPersons } from './notify.js';
import { assertWindow, timeOf, type Options } from './options.js';

const { accountBatch, maxListBytes } = incidentPolicy;

type Given = Pick<Options, 'since' | 'until' | 'reads' | 'address' | 'accounts' | 'mail'>;

/**
 * Lists the accounts that an incident touched, and with `mail` puts one mail to each of them into the queue. Each batch is committed by itself:
 * whatever ended it in between, the same command goes on. @throws NotUnderstood; CommandFailed, also where entries of reads name accounts by a
 * key that is not known: then what was found is listed all the same
 */
export async function affected(desk: Desk, id: string | undefined, given: Given): Promise<void> {
  const window = windowOf(given);
  const isAsked = given.address !== undefined || given.accounts !== undefined;
  if (given.reads === true && window.since === null) throw new NotUnderstood();
  if (!isAsked && window.since === null && given.mail !== true) throw new NotUnderstood();
  const incident = await openIncidentOf(desk, id);
  const accounts = new AffectedRepository(desk.database);
  const keep = (found: readonly string[]): Promise<void> => add(desk, accounts, incident, found);
  const unexplained =
    given.reads === true || (!isAsked && window.since !== null)
      ? await addRead(desk, accounts, window, keep)
      : 0;
  if (given.address !== undefined) await addSignedIn(accounts, addressOf(given.address), window, keep);
  if (given.accounts !== undefined) await addNamed(desk, accounts, given.accounts, keep);
  await print(desk, accounts, incident);
  if (given.mail === true) await tellPersons(desk, accounts, incident);
  if (unexplained > 0)
    throw new CommandFailed(
      `${unexplained} entries of reads name accounts by a key that is neither PSEUDONYM_KEY nor PSEUDONYM_KEY_PREVIOUS: the list is not whole. Run it again with the key of that time as PSEUDONYM_KEY_PREVIOUS`,
    );
}

function windowOf({ since, until }: Given): Window {
  return assertWindow({
    since: since === undefined ? null : timeOf(since),
    until: until === undefined ? null : timeOf(until),
  });
}

/** As sessions and events have it: `2001:DB8:0::1` is 2001:db8::1, and `::ffff:192.0.2.1` is 192.0.2.1. */
function addressOf(text: string): string {
  // Without a zone: no stored address has one.
  if (isIP(text) === 0 || text.includes('%')) throw new NotUnderstood();
  return canonicalAddress(text);
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

/**
 * Of whom the audit log says that an administrator read their data. Entries name accounts by keyed hashes: every account is hashed. Returns how
 * many entries name an account by a key that is not known any more, so that nobody can be found by them.
 */
async function addRead(
  { audit, print }: Desk,
  accounts: AffectedRepository,
  asked: Window,
  keep: Keep,
): Promise<number> {
  const now = await accounts.now();
  const window = { ...asked, until: asked.until === null || asked.until > now ? now : asked.until };
  let explained = 0;
  await eachPage(
    (after) => accounts.accounts(after, accountBatch),
    async (page) => {
      const hashes = page.map((id) => ({ id, of: audit.pseudonymsOf(id).map((one) => one.toString('hex')) }));
      const read = await accounts.readOf(
        hashes.flatMap(({ of }) => of.map((hash) => Buffer.from(hash, 'hex'))),
        window,
      );
      explained += [...read.values()].reduce((sum, entries) => sum + entries, 0);
      await keep(hashes.filter(({ of }) => of.some((hash) => read.has(hash))).map(({ id }) => id));
    },
  );
  const { ofMany, ofOne, ofDeleted } = await accounts.reads(window);
  if (ofMany > 0) print(`${ofMany} times many accounts were read at once: those entries name none of them`);
  if (ofDeleted > 0) print(`${ofDeleted} entries name accounts that were deleted since`);
  return Math.max(0, ofOne - ofDeleted - explained);
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
    const { found, missing } = await accountsOf(accounts, names);
    unknown += missing;
    await keep(found);
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

async function accountsOf(
  accounts: AffectedRepository,
  names: readonly string[],
): Promise<{ readonly found: readonly string[]; readonly missing: number }> {
  const ids = names.map((name) => name.toLowerCase()).filter(isUuid);
  const emails = names.filter((name) => !isUuid(name.toLowerCase())).map(canonicalEmail);
  const known = new Set(ids.length === 0 ? [] : await accounts.known(ids));
  const addressed = emails.length === 0 ? [] : await accounts.addressed([...new Set(emails)]);
  const met = new Set(addressed.map(({ email }) => email));
  return {
    found: [...new Set([...known, ...addressed.map(({ id }) => id)])],
    missing: ids.filter((id) => !known.has(id)).length + emails.filter((email) => !met.has(email)).length,
  };
}

async function print(desk: Desk, accounts: AffectedRepository, { id }: Incident): Promise<void> {
  let after: string | null = null;
  for (;;) {
    const page: Awaited<ReturnType<AffectedRepository['list']>> = await accounts.list(
      id,
      after,
      accountBatch,
    );
    for (const { userId, sentAt } of page)
      desk.print(sentAt === null ? userId : `${userId} told ${sentAt.toISOString()}`);
    after = page.at(-1)?.userId ?? null;
    if (page.length < accountBatch) break;
  }
  const { persons, queued, untold } = await accounts.counts(id);
  desk.print(
    `${persons} accounts, ${queued + untold} of them not told${queued > 0 ? `; of ${queued} the mail waits to be sent` : ''}`,
  );
}
