import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../../../config/values/system-error.js';

/** What a page would have sent to somebody. */
export interface RecordedMessage {
  readonly mid: string;
  readonly psid: string;
  readonly text: string;
  readonly metadata: string;
}

/** Of this process. */
let recorded = 0;

const folderIn = (home: string): string => join(home, 'messenger');

/** Writes a message as a file of its own, whole or not at all, and removes all but the latest `keep`. */
export function recordMessage(home: string, message: RecordedMessage, keep: number): void {
  const folder = folderIn(home);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Names sort as the messages came, also within a millisecond.
  const place = String(recorded++).padStart(8, '0');
  const name = `${new Date().toISOString().replaceAll(':', '-')}-${place}-${randomUUID()}.json`;
  const draft = join(home, `.${name}.draft`);
  writeFileSync(draft, `${JSON.stringify(message, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, join(folder, name));
  for (const old of namesIn(folder).slice(0, -keep)) rmSync(join(folder, old), { force: true });
}

/** What was recorded for somebody, oldest first. */
export function recordedFor(home: string, psid: string): readonly RecordedMessage[] {
  const folder = folderIn(home);
  return namesIn(folder)
    .map((name) => textIn(join(folder, name)))
    .filter((text) => text !== null)
    .map((text) => JSON.parse(text) as RecordedMessage)
    .filter((message) => message.psid === psid);
}

/** Null for one that was removed meanwhile. */
function textIn(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
