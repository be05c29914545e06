import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';

/** The account that a tour signs in with. */
export interface TourAccount {
  readonly email: string;
  readonly password: string;
  /** False when an earlier tour has registered it already. */
  readonly isNew: boolean;
}

/**
 * A random address of 127.0.0.0/8 to connect from, so that each tour has its own rate limits. Null when `base` is not
 * an http URL on loopback, or when the system cannot bind the address.
 */
export async function ownLoopbackAddress(base: string): Promise<string | null> {
  const { hostname, protocol } = new URL(base);
  if (protocol !== 'http:' || !/^127\.|^localhost$/.test(hostname)) return null;
  const address = `127.${randomInt(1, 255)}.${randomInt(0, 255)}.${randomInt(1, 255)}`;
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(null);
    });
    probe.listen(0, address, () =>
      probe.close(() => {
        resolve(address);
      }),
    );
  });
}

/** A new account, or the one stored in the file `keepIn` by an earlier tour. With null nothing is stored. */
export function tourAccount(keepIn: string | null): TourAccount {
  if (keepIn !== null && existsSync(keepIn)) {
    const { email, password } = JSON.parse(readFileSync(keepIn, 'utf8')) as {
      email: string;
      password: string;
    };
    return { email, password, isNew: false };
  }
  const account = {
    email: `tourist-${randomBytes(6).toString('hex')}@example.com`,
    password: randomBytes(18).toString('base64url'),
  };
  if (keepIn !== null) {
    mkdirSync(dirname(keepIn), { recursive: true, mode: 0o700 });
    writeFileSync(keepIn, JSON.stringify(account), { mode: 0o600 });
  }
  return { ...account, isNew: true };
}
