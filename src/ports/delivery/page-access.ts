/** What Meta says of the token of the page. */
export interface PageToken {
  readonly isValid: boolean;
  /** Null: it does not expire. */
  readonly expiresAt: Date | null;
  /** When the page's data are no longer given by it; null: never. */
  readonly dataAccessExpiresAt: Date | null;
}

/** Whether the service may act for its page at Meta, and is told of what is written to it. */
export abstract class PageAccess {
  /** Null where it cannot be asked, without the id of the app. @throws SendFailed */
  abstract token(signal: AbortSignal): Promise<PageToken | null>;
  /** Whether Meta tells the app of everything that the webhook takes. @throws SendFailed */
  abstract isSubscribed(signal: AbortSignal): Promise<boolean>;
  /** @throws SendFailed */
  abstract subscribe(signal: AbortSignal): Promise<void>;
}
