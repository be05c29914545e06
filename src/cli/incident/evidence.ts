import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { sha256 } from '../../crypto/hash.js';
import { PartArchive } from '../../features/privacy/export/part-archive.js';
import { CommandFailed, NotUnderstood } from '../command.js';
import type { NoteSigner } from '../../features/audit/checkpoints/signed-note.js';
import type { Incident } from '../../features/incidents/incident.js';
import { auditKeysOf } from '../unblock/audit-trail.js';
import { openIncidentOf, type Desk } from './desk.js';
import { evidenceFiles } from './evidence-files.js';
import { manifestName, manifestText, type ListedFile } from './manifest.js';
import { assertWindow, timeOf, type Options } from './options.js';

/** How long before the discovery the window begins where nothing else is asked for. */
const dayMs = 24 * 3_600_000;

/**
 * Writes a zip of what proves an incident, and a manifest of it that is signed like the checkpoints of the audit log. One row at a time is in
 * memory. The file has its name once it is whole and noted. @throws NotUnderstood, CommandFailed
 */
export async function evidence(
  desk: Desk,
  id: string | undefined,
  given: Pick<Options, 'since' | 'until' | 'out'>,
): Promise<void> {
  const { out } = given;
  if (out === undefined) throw new NotUnderstood();
  const incident = await openIncidentOf(desk, id);
  const window = assertWindow({
    since:
      given.since === undefined ? new Date(incident.discoveredAt.getTime() - dayMs) : timeOf(given.since),
    until: given.until === undefined ? new Date() : timeOf(given.until),
  });
  if (await isThere(out)) throw new CommandFailed(`${out} is there already, and stays as it is`);
  const signer = await auditKeysOf(desk.config, desk.database).signer();
  const draft = `${out}.${desk.random.uuid()}.part`;
  let kept: Kept;
  try {
    kept = await keep(desk, incident, { draft, signer, window });
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await rename(draft, out).catch(() => {
    throw new CommandFailed(`${out} cannot be written: the archive is whole, and is kept as ${draft}`);
  });
  for (const { name, bytes, sha256: hash } of kept) desk.print(`${hash} ${bytes} ${name}`);
  desk.print(`kept in ${out}, signed by ${signer.verifierKey}`);
}

type Kept = readonly ListedFile[];

/** Writes the archive into the draft, and notes it. @throws where anything of it fails: then nothing is noted */
async function keep(
  desk: Desk,
  incident: Incident,
  {
    draft,
    signer,
    window,
  }: {
    readonly draft: string;
    readonly signer: NoteSigner;
    readonly window: { readonly since: Date; readonly until: Date };
  },
): Promise<Kept> {
  const archive = new PartArchive();
  const written = pipeline(archive.body, createWriteStream(draft, { flags: 'wx', mode: 0o600 }));
  // Whoever waits for it hears of it; until then nobody does.
  written.catch(() => undefined);
  const files: ListedFile[] = [];
  let note: string;
  try {
    for (const { name, pieces } of evidenceFiles(desk, incident, window)) {
      const counted = new CountedPieces(pieces);
      await archive.addText(name, counted.pieces());
      files.push({ name, ...counted.sum() });
    }
    note = signer.note(manifestText(incident.id, window, files));
    await archive.addText(manifestName, [note]);
    archive.end();
  } catch (error) {
    archive.fail(error);
    // The file is closed before it is removed.
    await written.catch(() => undefined);
    throw error;
  }
  await written;
  await desk.database.transaction(async (tx) => {
    await desk.incidents.keepEvidence(tx, desk.random.timeOrderedUuid(), incident.id, sha256(note));
    await desk.entry(tx, 'incident.evidence_kept', incident, { manifest: sha256(note).toString('hex') });
  });
  return files;
}

const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

/** Pieces of a text whose bytes and hash are taken as they pass. */
class CountedPieces {
  private readonly hash = createHash('sha256');
  private bytes = 0;

  constructor(private readonly given: AsyncIterable<string>) {}

  async *pieces(): AsyncGenerator<string> {
    for await (const piece of this.given) {
      this.hash.update(piece);
      this.bytes += Buffer.byteLength(piece);
      yield piece;
    }
  }

  sum(): Pick<ListedFile, 'bytes' | 'sha256'> {
    return { bytes: this.bytes, sha256: this.hash.digest('hex') };
  }
}
