import {
  externalAiConsent,
  saleObjection,
  type ConsentPurpose,
} from '../../../../config/policy/privacy/consents.js';
import { sha256 } from '../../../crypto/hash.js';
import { policyVersions } from '../policy/policy-versions.js';
import { policyMarkdown } from '../policy/privacy-policy.js';

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

const [latest] = policyVersions;

/**
 * The present texts. `external_ai`: what is sent to AI providers. `privacy_policy`: that it was read; its hash is that of the version before the
 * operator's names are filled in, so that it can be made again from the source.
 */
export const consentTexts: Readonly<Record<ConsentPurpose, ShownText>> = {
  privacy_policy: {
    version: latest.version,
    text: null,
    hash: sha256(policyMarkdown(latest)),
  },
  external_ai: externalAi,
};
