import { createSecretKey, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { deriveKey } from '../../../config/secrets/derived-key.js';
import type { Secret } from '../../../config/values/secret.js';

export interface TokenKey {
  readonly kid: string;
  readonly key: KeyObject;
  /** The encoded JOSE header of every token that this key signs. */
  readonly header: string;
}

/** The keys of access tokens: one that signs, and during a rotation one more that still verifies. */
@Injectable()
export class TokenKeys {
  readonly current: TokenKey;
  private readonly byHeader: ReadonlyMap<string, TokenKey>;

  constructor(@Inject(CONFIG) config: Config) {
    const { current, previous } = config.tokens;
    this.current = describe(current);
    const keys = previous === null ? [this.current] : [this.current, describe(previous)];
    this.byHeader = new Map(keys.map((key) => [key.header, key]));
  }

  /** The key for exactly this encoded header, or undefined: the algorithm is not negotiated. */
  find(header: string): TokenKey | undefined {
    return this.byHeader.get(header);
  }
}

function describe(secret: Secret): TokenKey {
  const kid = deriveKey(secret, 'token key id', 8).toString('hex');
  // KeyObject: given a string, jsonwebtoken tries on every call to read it as a public key first.
  const key = createSecretKey(Buffer.from(secret.reveal(), 'utf8'));
  return {
    kid,
    key,
    header: Buffer.from(JSON.stringify({ alg: 'HS512', typ: 'at+jwt', kid })).toString('base64url'),
  };
}
