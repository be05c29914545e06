import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processBirth } from './adapters/embedded/postgres/process-identity.js';

interface ServiceAddress {
  readonly url: string;
  /** The process by its id and its start time: ids are reused. */
  readonly pid: number;
  readonly birth: string;
}

const fileIn = (home: string): string => join(home, 'service.json');

/** Writes where this process listens into VELRO_HOME, for commands on this machine. Returns what removes it again. */
export function publishAddress(home: string, url: string): () => void {
  const own: ServiceAddress = { url, pid: process.pid, birth: processBirth(process.pid) ?? '' };
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const draft = `${fileIn(home)}.${randomUUID()}`;
  // Complete before it has its name: a reader sees all of it or none.
  writeFileSync(draft, JSON.stringify(own), { mode: 0o600, flag: 'wx' });
  renameSync(draft, fileIn(home));
  return () => {
    const present = read(home);
    // Where two services share a folder, the address may be of the other one.
    if (present?.pid === own.pid && present.birth === own.birth) rmSync(fileIn(home), { force: true });
  };
}

/** The URL at which a service of this VELRO_HOME listens; null when none does. What a killed service left counts for nothing. */
export function publishedAddress(home: string): string | null {
  const found = read(home);
  return found !== null && processBirth(found.pid) === found.birth ? found.url : null;
}

function read(home: string): ServiceAddress | null {
  try {
    const value: unknown = JSON.parse(readFileSync(fileIn(home), 'utf8'));
    if (typeof value !== 'object' || value === null) return null;
    const { url, pid, birth } = value as Record<string, unknown>;
    return typeof url === 'string' && typeof pid === 'number' && typeof birth === 'string'
      ? { url, pid, birth }
      : null;
  } catch {
    return null;
  }
}
