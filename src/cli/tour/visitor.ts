import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';

/** Who takes the tour. */
export interface TourAccount {
  readonly email: string;
  readonly password: string;
  /** False when an earlier tour has registered it already. */
  readonly isNew: boolean;
}

/**
 * Where each address of 127.0.0.0/8 is this machine, every tour comes from one of its own and is a new visitor to the
 * limits; elsewhere null.
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

/** A visitor with an address of its own registers anew; one without comes back as the account it made before. */
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
