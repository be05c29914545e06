import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config, type RotatingKey } from '../../../../config/config.js';
import { deriveKey } from '../../../../config/secrets/derived-key.js';
import { Random } from '../../../ports/random.js';
import { Seal } from '../../../crypto/seal.js';

/** Every key of the second factor, each derived under its own label; the current one first. */
@Injectable()
export class MfaKeys {
  readonly secrets: Seal;
  readonly challenges: Seal;
  readonly recoveryCodes: readonly [Buffer, ...Buffer[]];

  constructor(@Inject(CONFIG) config: Config, random: Random) {
    const { pepper } = config.passwords;
    this.secrets = new Seal(derive(pepper, 'mfa secrets'), random);
    this.recoveryCodes = derive(pepper, 'mfa recovery codes');
    this.challenges = new Seal(derive(config.tokens, 'mfa challenges'), random);
  }
}

function derive({ current, previous }: RotatingKey, label: string): [Buffer, ...Buffer[]] {
  const keys: [Buffer, ...Buffer[]] = [deriveKey(current, label)];
  if (previous !== null) keys.push(deriveKey(previous, label));
  return keys;
}
