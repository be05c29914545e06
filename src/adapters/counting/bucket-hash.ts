import { createHash } from 'node:crypto';
import type { Bucket } from '../../ports/counters.js';

/**
 * The name of a bucket outside of this process: SHA-256, 32 bytes, so that it is a valid key and reveals no address or
 * account. Over UTF-16, because UTF-8 encodes all lone surrogates alike. A changed strategy gives a new bucket.
 */
export const bucketHash = ({ strategy, name }: Bucket): Buffer =>
  createHash('sha256').update(`${strategy}:${name}`, 'utf16le').digest();
