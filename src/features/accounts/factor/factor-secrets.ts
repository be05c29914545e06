import { Injectable } from '@nestjs/common';
import { totpPolicy } from '../../../../config/policy/accounts/mfa.js';
import type { ClientContext } from '../../../network/client-context.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { Random } from '../../../ports/random.js';
import { factorSecretUnreadable } from './factor.events.js';
import { MfaKeys } from './mfa-keys.js';
import { newRecoveryCodes, recoveryHash } from './recovery-codes.js';
import type { Opened } from '../../../crypto/seal.js';

/** Stored form of a second factor: its secret encrypted for its owner, its recovery codes as keyed hashes. */
@Injectable()
export class FactorSecrets {
  constructor(
    private readonly keys: MfaKeys,
    private readonly random: Random,
    private readonly events: SecurityEvents,
  ) {}

  /** A new TOTP secret, unencrypted. */
  newSecret(): Buffer {
    return this.random.bytes(totpPolicy.secretBytes);
  }

  seal(userId: string, secret: Buffer): Buffer {
    return this.keys.secrets.seal(secret, contextOf(userId));
  }

  /** @throws when no configured key decrypts it: an incident, never a wrong code */
  open(userId: string, sealed: Buffer, client: ClientContext): Opened {
    const opened = this.keys.secrets.open(sealed, contextOf(userId));
    if (opened !== null) return opened;
    factorSecretUnreadable(this.events, client, userId);
    throw new Error('the secret of a second factor cannot be opened with the present keys');
  }

  /** New recovery codes, and the hashes that are stored. */
  newRecoveryCodes(userId: string): { readonly codes: string[]; readonly hashes: Buffer[] } {
    const codes = newRecoveryCodes(this.random);
    return { codes, hashes: codes.map((code) => recoveryHash(this.keys.recoveryCodes[0], userId, code)) };
  }

  /**
   * The hashes that a recovery code may be stored as: under the current key, and during a rotation the previous one.
   */
  recoveryHashes(userId: string, code: string): Buffer[] {
    return this.keys.recoveryCodes.map((key) => recoveryHash(key, userId, code));
  }
}

const contextOf = (userId: string): string => `mfa secret ${userId}`;
