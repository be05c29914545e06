import { CallbackSignatures } from '../../ports/callback-signatures.js';

/** The painter calls nobody back: whoever does is somebody else. */
export class NoCallbacks extends CallbackSignatures {
  verify(): Promise<boolean> {
    return Promise.resolve(false);
  }
}
