import type { Consent, PrivacyChoice } from './consents.service.js';
import type { ConsentResponse, DoNotSellResponse, PrivacyChoiceResponse } from './consents.dto.js';

export const toConsent = ({ purpose, version, text, hash, choice }: Consent): ConsentResponse => ({
  purpose,
  version,
  text,
  text_sha256: hash.toString('hex'),
  state: choice === null ? 'none' : choice.chosen ? 'given' : 'withdrawn',
  decided_version: choice?.version ?? null,
  decided_at: choice?.decidedAt.toISOString() ?? null,
});

export const toDoNotSell = (choice: PrivacyChoice | null): DoNotSellResponse => ({
  do_not_sell: choice?.chosen ?? false,
  source: choice?.source ?? null,
  decided_at: choice?.decidedAt.toISOString() ?? null,
});

export const toPrivacyChoice = (choice: PrivacyChoice): PrivacyChoiceResponse => ({
  purpose: choice.purpose,
  chosen: choice.chosen,
  version: choice.version,
  text_sha256: choice.textHash.toString('hex'),
  source: choice.source,
  decided_at: choice.decidedAt.toISOString(),
});
