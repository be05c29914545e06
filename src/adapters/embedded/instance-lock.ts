import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedError } from './embedded-error.js';
import { processBirth } from './postgres/process-identity.js';
import { ownSpace, relationTo, spaceIn, type ProcessSpace } from './postgres/process-space.js';

interface Holder extends Partial<ProcessSpace> {
  readonly pid: number;
  readonly birth: string;
}

const nobody: Holder = { pid: 0, birth: '' };
const attempts = 50;

/**
 * One instance per VELRO_HOME. Each holder has a number, one above the last, and the highest number holds the lock; it
 * identifies its process by id, start time, boot of the machine and PID namespace, so a killed holder holds nothing. One of
 * another namespace of the same boot may be alive where we cannot see it, and holds the lock until it is released. A number is taken by a hard link,
 * which only one process gets, and never reused: of two that find the same dead holder, the slower one cannot take the
 * lock from the faster.
 */
export class InstanceLock {
  private constructor(
    private readonly folder: string,
    private readonly number: number,
  ) {}

  /** Takes the lock. @throws EmbeddedError that names the living holder */
  static take(home: string): InstanceLock {
    const folder = join(home, 'instance-lock');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const draft = writeDraft(folder, {
      pid: process.pid,
      birth: processBirth(process.pid) ?? '',
      ...ownSpace(),
    });
    try {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const last = highest(folder);
        const holder = readHolder(join(folder, String(last)));
        refuseLiving(holder, home, folder);
        const number = last + 1;
        if (!tryLink(draft, join(folder, String(number)))) continue;
        if (highest(folder) === number) {
          sweep(folder, number);
          return new InstanceLock(folder, number);
        }
        // Our reading is stale: the number was used and swept meanwhile.
        rmSync(join(folder, String(number)), { force: true });
      }
      throw new EmbeddedError(
        `the lock of ${home} could not be taken: several instances are starting at once`,
      );
    } finally {
      rmSync(draft, { force: true });
    }
  }

  release(): void {
    const path = join(this.folder, String(this.number));
    if (readHolder(path)?.pid === process.pid) renameSync(writeDraft(this.folder, nobody), path);
  }
}

/** @throws EmbeddedError when the holder is alive, or may be in another container */
function refuseLiving(holder: Holder | null, home: string, folder: string): void {
  if (holder === null || holder.pid <= 0) return;
  const relation = relationTo(holder);
  if (relation === 'unseen')
    throw new EmbeddedError(
      `another instance, in another container, is using ${home}: stop it, or set VELRO_HOME to another folder; if it was killed, remove ${folder}`,
    );
  if (relation === 'same' && processBirth(holder.pid) === holder.birth)
    throw new EmbeddedError(
      `another instance (process ${holder.pid}) is using ${home}: stop it, or set VELRO_HOME to another folder`,
    );
}

/** Written completely under another name first: a reader never sees a partial lock. */
function writeDraft(folder: string, holder: Holder): string {
  const draft = join(folder, `draft-${process.pid}-${randomBytes(4).toString('hex')}`);
  writeFileSync(draft, JSON.stringify(holder), { mode: 0o600, flag: 'wx' });
  return draft;
}

const highest = (folder: string): number => Math.max(0, ...readdirSync(folder).map(toNumber));
const toNumber = (name: string): number => (/^\d{1,15}$/.test(name) ? Number(name) : 0);

/** Removes files of earlier holders and interrupted starts. */
function sweep(folder: string, mine: number): void {
  for (const name of readdirSync(folder)) {
    const [, author] = /^draft-(\d+)-/.exec(name) ?? [];
    const dead =
      author !== undefined &&
      relationTo(readHolder(join(folder, name)) ?? {}) !== 'unseen' &&
      processBirth(Number(author)) === null;
    if (dead || (toNumber(name) > 0 && toNumber(name) < mine)) rmSync(join(folder, name), { force: true });
  }
}

function tryLink(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(path: string): Holder | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('birth' in value)) return null;
    return typeof value.pid === 'number' && typeof value.birth === 'string'
      ? { pid: value.pid, birth: value.birth, ...spaceIn(value) }
      : null;
  } catch {
    return null;
  }
}
