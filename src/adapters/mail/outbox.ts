import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface OutboxMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
}

/** Writes a mail as a file of its own into the outbox of the embedded default, which sends none. */
export function writeToOutbox(home: string, mail: OutboxMail): void {
  const outbox = join(home, 'outbox');
  mkdirSync(outbox, { recursive: true, mode: 0o700 });
  // The time first, so that names sort as the mails came.
  const name = `${new Date().toISOString().replaceAll(':', '-')}-${randomUUID()}.json`;
  // Whoever looks into the folder sees whole mails only.
  const draft = join(home, `.${name}.draft`);
  writeFileSync(draft, `${JSON.stringify(mail, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, join(outbox, name));
}
