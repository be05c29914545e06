/** What browsers say of how a person's data may be used (Global Privacy Control: `Sec-GPC: 1`). */
export abstract class PrivacySignals {
  /** The browser of an account's owner objects to the sale and the sharing of their data. Recorded in the background, once; never throws. */
  abstract noteObjection(userId: string, requestId: string): void;
}
