import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Secret } from '../values/secret.js';

/** Remembers that the generated password was shown, by its hash: another password counts as not shown. */
const noteOf = (home: string): string => join(home, 'operator-sign-in-shown');
const hashOf = (password: Secret): string => createHash('sha256').update(password.reveal()).digest('hex');

/** Whether a terminal has shown this generated password; a start that is stopped before that has not. */
export function wasShown(home: string, password: Secret): boolean {
  try {
    return readFileSync(noteOf(home), 'utf8').trim() === hashOf(password);
  } catch {
    return false;
  }
}

/** To be called once it was shown. When the note cannot be written, the next start shows it again. */
export function noteShown(home: string, password: Secret): void {
  try {
    writeFileSync(noteOf(home), `${hashOf(password)}\n`, { mode: 0o600 });
  } catch {
    // Shown twice rather than never.
  }
}
