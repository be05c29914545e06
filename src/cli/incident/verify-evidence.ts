import { createHash } from 'node:crypto';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { openNote } from '../../features/audit/checkpoints/signed-note.js';
import { loadConfig } from '../../../config/load-config.js';
import { CommandFailed, NotUnderstood } from '../command.js';
import { auditKeysOf } from '../unblock/audit-trail.js';
import { atDesk } from './desk.js';
import { filesOf, manifestName, type ListedFile } from './manifest.js';

const longestManifest = 1_000_000;

/** Prints what was changed. `key`: by default that of the service's audit log. Returns the exit code. @throws NotUnderstood, CommandFailed */
export async function verifyEvidence(file: string | undefined, key: string | undefined): Promise<number> {
  if (file === undefined) throw new NotUnderstood();
  const faults = await evidenceFaults(file, key ?? (await ownKey()));
  for (const fault of faults) process.stdout.write(`${fault}\n`);
  if (faults.length === 0) process.stdout.write('whole: every file is as it was signed\n');
  return faults.length === 0 ? 0 : 1;
}

function ownKey(): Promise<string> {
  return atDesk(loadConfig(), 'verify', async ({ config, database }) => {
    const signer = await auditKeysOf(config, database).signerIfAny();
    if (signer === null)
      throw new CommandFailed('the audit log has no key yet: give the one that was printed, --key');
    return signer.verifierKey;
  });
}

/** What was changed in an archive of evidence since it was signed, a line each; none where it is whole. @throws CommandFailed where it is no archive */
export async function evidenceFaults(file: string, verifierKey: string): Promise<readonly string[]> {
  const found = new Map<string, ListedFile | 'damaged' | 'twice'>();
  let note: string | null = null;
  try {
    const zip = await openPromise(file, { lazyEntries: true, autoClose: false });
    try {
      for await (const entry of zip.eachEntry()) {
        const name = entry.fileName;
        found.set(name, found.has(name) ? 'twice' : await read(zip, entry));
        if (name === manifestName) note = await textOf(zip, entry);
      }
    } finally {
      zip.close();
    }
  } catch {
    throw new CommandFailed('the archive cannot be read: it is no zip, or was changed');
  }
  return faultsOf(found, note === null ? null : openNote(note, verifierKey));
}

function faultsOf(
  found: ReadonlyMap<string, ListedFile | 'damaged' | 'twice'>,
  text: string | null,
): readonly string[] {
  const listed = text === null ? null : filesOf(text);
  if (found.get(manifestName) === 'twice') return [`${manifestName} is there twice`];
  if (listed === null)
    return [
      `${manifestName} is missing, or was changed, or is not signed by this key: nothing of the archive is proven`,
    ];
  const names = new Set([manifestName, ...listed.map(({ name }) => name)]);
  return [
    ...listed.flatMap(({ name, sha256 }) => {
      const one = found.get(name);
      if (one === undefined) return [`${name} is missing`];
      if (one === 'twice') return [`${name} is there twice`];
      return one === 'damaged' || one.sha256 !== sha256 ? [`${name} was changed`] : [];
    }),
    ...[...found.keys()].filter((name) => !names.has(name)).map((name) => `${name} was added`),
  ];
}

async function read(zip: ZipFile, entry: Entry): Promise<ListedFile | 'damaged'> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const piece of await zip.openReadStreamPromise(entry)) {
      hash.update(piece as Buffer);
      bytes += (piece as Buffer).length;
    }
  } catch {
    return 'damaged';
  }
  return { name: entry.fileName, bytes, sha256: hash.digest('hex') };
}

async function textOf(zip: ZipFile, entry: Entry): Promise<string | null> {
  if (entry.uncompressedSize > longestManifest) return null;
  const pieces: Buffer[] = [];
  try {
    for await (const piece of await zip.openReadStreamPromise(entry)) pieces.push(piece as Buffer);
  } catch {
    return null;
  }
  return Buffer.concat(pieces).toString();
}
