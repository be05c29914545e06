/** What a provider's call carries, as received. */
export interface SignedCallback {
  readonly requestId: string;
  readonly userId: string;
  /** Unix seconds, as text. */
  readonly timestamp: string;
  readonly signature: string;
  readonly body: Uint8Array;
}

/** Whether the generation provider itself signed a call. Age, replay and whose job it is are not asked here. */
export abstract class CallbackSignatures {
  /** @throws when the provider's keys are out of reach: the provider should call again */
  abstract verify(callback: SignedCallback): Promise<boolean>;
}
