/** A provider's signed callback, as received. */
export interface SignedCallback {
  readonly requestId: string;
  readonly userId: string;
  /** Unix seconds, as text. */
  readonly timestamp: string;
  readonly signature: string;
  readonly body: Uint8Array;
}

/** Verifies that the generation provider signed a callback. Age, replay and the job are not checked here. */
export abstract class CallbackSignatures {
  /** @throws when the provider's keys cannot be fetched: the provider should retry */
  abstract verify(callback: SignedCallback): Promise<boolean>;
}
