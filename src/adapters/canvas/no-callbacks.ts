import { CallbackSignatures } from '../../ports/callback-signatures.js';

/** The painter makes no callbacks: every callback is forged. */
export class NoCallbacks extends CallbackSignatures {
  verify(): Promise<boolean> {
    return Promise.resolve(false);
  }
}
