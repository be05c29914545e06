import { Injectable } from '@nestjs/common';
import { totpPolicy } from '../../../../config/policy/accounts/mfa.js';
import type { ClientContext } from '../../../network/client-context.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { Random } from '../../../ports/random.js';
import { factorSecretUnreadable } from './factor.events.js';
import { MfaKeys } from './mfa-keys.js';
import { newRecoveryCodes, recoveryHash } from './recovery-codes.js';
import type { Opened } from './seal.js';

/** What a second factor is stored as: its secret sealed for its owner, its recovery codes as keyed hashes. */
@Injectable()
export class FactorSecrets {
  constructor(
    private readonly keys: MfaKeys,
    private readonly random: Random,
    private readonly events: SecurityEvents,
  ) {}

  /** A new secret of an authenticator app, in the clear. */
  newSecret(): Buffer {
    return this.random.bytes(totpPolicy.secretBytes);
  }

  seal(userId: string, secret: Buffer): Buffer {
    return this.keys.secrets.seal(secret, contextOf(userId));
  }

  /** @throws when no key of the configuration opens it: an incident, never a wrong code */
  open(userId: string, sealed: Buffer, client: ClientContext): Opened {
    const opened = this.keys.secrets.open(sealed, contextOf(userId));
    if (opened !== null) return opened;
    factorSecretUnreadable(this.events, client, userId);
    throw new Error('the secret of a second factor cannot be opened with the present keys');
  }

  /** A fresh set of recovery codes, with what is stored of it. */
  newRecoveryCodes(userId: string): { readonly codes: string[]; readonly hashes: Buffer[] } {
    const codes = newRecoveryCodes(this.random);
    return { codes, hashes: codes.map((code) => recoveryHash(this.keys.recoveryCodes[0], userId, code)) };
  }

  /** What a recovery code may be stored as: under the current key, and during a rotation under the one before. */
  recoveryHashes(userId: string, code: string): Buffer[] {
    return this.keys.recoveryCodes.map((key) => recoveryHash(key, userId, code));
  }
}

const contextOf = (userId: string): string => `mfa secret ${userId}`;
