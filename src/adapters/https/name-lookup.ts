import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** All addresses of a name. Rejects when there are none, or when `signal` ends the wait. */
export type NameLookup = (name: string, signal: AbortSignal) => Promise<readonly LookupAddress[]>;

/** Milliseconds. The system's own lookup cannot be cancelled, and may try for minutes. */
const lookupTimeoutMs = 5000;

/** As the system resolves names: hosts file, then DNS. */
export const systemLookup: NameLookup = async (name, signal) => {
  const ended = new AbortController();
  const wait = delay(lookupTimeoutMs, undefined, { signal: AbortSignal.any([signal, ended.signal]) });
  try {
    return await Promise.race([
      lookup(name, { all: true, order: 'verbatim' }),
      wait.then(() => {
        throw new Error('the lookup of the name took too long');
      }),
    ]);
  } finally {
    ended.abort();
    wait.catch(() => undefined);
  }
};
