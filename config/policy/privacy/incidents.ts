/** Limits of `npm run incident`. */
export const incidentPolicy = {
  /** What a client is told while sign-ins are closed, in seconds. */
  retryAfterSeconds: 300,
  /** Sessions that one transaction ends. */
  sessionBatch: 1000,
  /** Accounts that are looked at, and stored, in one transaction. */
  accountBatch: 500,
  /** Rows of one page of an archive of evidence. */
  evidencePage: 1000,
  /** Hours from the discovery of a breach until the supervisory authority has to know (GDPR, article 33). */
  authorityHours: 72,
  /** Days from the discovery of a breach (HIPAA, 45 CFR 164.404 and 164.408). */
  hipaaDays: 60,
  /** Days from the discovery until the residents of California, and from telling them until its Attorney General (Civil Code 1798.82). */
  californiaDays: 30,
  californiaAuthorityDays: 15,
  /** Above so many residents of California its Attorney General is told. */
  californiaResidents: 500,
  /** Seconds by which the clocks of two instances may differ, and the one second that a token's time is cut to. */
  clockSeconds: 6,
  /** Milliseconds for a statement: no request waits for it, and a page of an audit log of years takes longer than a request has. */
  statementMs: 60_000,
  maxListBytes: 100_000_000,
  maxTextCharacters: 200_000,
} as const;
