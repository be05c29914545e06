import { Injectable } from '@nestjs/common';
import {
  externalAiConsent,
  saleObjection,
  type ConsentPurpose,
} from '../../../../config/policy/privacy/consents.js';
import { sha256 } from '../../../crypto/hash.js';
import { PolicyTexts } from '../policy/policy-texts.js';

/** A text that a person decides on, as it is shown today. */
export interface ShownText {
  readonly version: string;
  /** Null for the privacy policy, which has a route of its own. */
  readonly text: string | null;
  /** SHA-256, 32 bytes. */
  readonly hash: Buffer;
}

const shown = ({ version, text }: { readonly version: string; readonly text: string }): ShownText => ({
  version,
  text,
  hash: sha256(text),
});

export const objectionText = shown(saleObjection);
const externalAi = shown(externalAiConsent);

/** The present texts. `external_ai`: what is sent to AI providers. `privacy_policy`: that it was read. */
@Injectable()
export class ConsentTexts {
  constructor(private readonly policies: PolicyTexts) {}

  of(purpose: ConsentPurpose): ShownText {
    if (purpose === 'external_ai') return externalAi;
    const latest = this.policies.find(null);
    if (latest === null) throw new Error('there is no privacy policy');
    return { version: latest.policy.version, text: null, hash: latest.hash };
  }
}
