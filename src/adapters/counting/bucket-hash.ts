import { createHash } from 'node:crypto';
import type { Bucket } from '../../ports/counters.js';

/**
 * What a bucket is called outside of this process: SHA-256, 32 bytes, so that no name can break a key or be read there. Over
 * UTF-16, because UTF-8 would write all broken characters alike. A rule whose strategy changes starts anew.
 */
export const bucketHash = ({ strategy, name }: Bucket): Buffer =>
  createHash('sha256').update(`${strategy}:${name}`, 'utf16le').digest();
