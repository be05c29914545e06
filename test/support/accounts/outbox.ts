import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** The mails to an address in the outbox of the embedded default, oldest first. */
export function mailsTo(home: string, address: string): Mail[] {
  const outbox = join(home, 'outbox');
  if (!existsSync(outbox)) return [];
  return readdirSync(outbox)
    .sort()
    .map((file) => JSON.parse(readFileSync(join(outbox, file), 'utf8')) as Mail)
    .filter((mail) => mail.to === address);
}

/** Waits for the `count`-th mail with a link to an address and returns what the link carries. */
export async function linkTo(home: string, address: string, count = 1): Promise<string> {
  for (let tries = 0; tries < 200; tries++) {
    const links = mailsTo(home, address).flatMap(({ text }) => /token=([0-9a-f]+)/.exec(text)?.[1] ?? []);
    const token = links[count - 1];
    if (token !== undefined) return token;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no mail number ${count} came`);
}
