/** What a person may agree to, or take back, at any time. */
export const consentPurposes = ['privacy_policy', 'external_ai'] as const;
export type ConsentPurpose = (typeof consentPurposes)[number];

/** A text to which persons agree. A change of its meaning is a new version; an old one stays true of who agreed to it. */
export interface ConsentText {
  /** The day on which it was written. */
  readonly version: string;
  /** Versions to which an agreement still holds, this one among them. */
  readonly holding: readonly string[];
  readonly text: string;
}

/** The privacy policy is a text of its own: `policyVersions` of src/features/consents/policy. */
export const externalAiConsent: ConsentText = {
  version: '2026-11-28',
  holding: ['2026-11-28'],
  text:
    'What I write, and the pictures and files I send with it, go to the AI providers that the privacy policy names, which make pictures, video and ' +
    'answers of it. I can take this back at any time; then nothing more is sent to them, and what only they can make is not made for me.',
};

/** An objection to the sale and the sharing of personal data, as the CCPA calls them: the text that stands for it. */
export const saleObjection: Omit<ConsentText, 'holding'> = {
  version: '2026-11-28',
  text: 'Do not sell or share my personal data.',
};

export const consentPolicy = {
  /** The day from which on Global Privacy Control is followed. */
  signalsSince: '2026-11-28',
  /** Agreements of a purpose in a day, and objections taken back; to refuse is always possible. */
  givenPerDay: 20,
  /** Unfinished orders that a refusal cancels; those beyond are not sent either. */
  cancelledAtMost: 1000,
  /** Accounts whose signal is known to be recorded, in the memory of an instance. */
  rememberedSignals: 10_000,
  /** Choices that an administrator is shown, the latest first. */
  shownAtMost: 200,
} as const;
