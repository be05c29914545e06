import { sql, type RawBuilder } from 'kysely';
import { externalAiConsent } from '../../../config/policy/privacy/consents.js';

/** A condition of statements that send what a person wrote to an AI provider, as velro.allows_purpose takes it. */
export interface ExternalAiConsent {
  readonly purpose: 'external_ai';
  /** Versions of the text to which an agreement holds. */
  readonly versions: readonly string[];
  /** Whether they must have agreed before (REQUIRE_AI_CONSENT); otherwise it is enough that they did not refuse. */
  readonly required: boolean;
}

/** Null where nothing leaves the service: what it makes by itself needs no consent. */
export const externalAiConsentOf = (isExternal: boolean, isRequired: boolean): ExternalAiConsent | null =>
  isExternal ? { purpose: 'external_ai', versions: externalAiConsent.holding, required: isRequired } : null;

/** True of an account that lets its data go to AI providers. `account`: its id, as an expression of the statement. */
export const allowsExternalAi = (
  consent: ExternalAiConsent | null,
  account: RawBuilder<unknown>,
): RawBuilder<boolean> =>
  consent === null
    ? sql`true`
    : sql`velro.allows_purpose(${account}, ${consent.purpose}, ${[...consent.versions]}::text[], ${consent.required})`;
