import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { threatPolicy } from '../../../config/policy/perimeter/threats.js';
import { BoundedCache } from '../../cache/bounded-cache.js';
import { sha256 } from '../../crypto/hash.js';

/**
 * Credentials that were refused, by address. A program that sends the same bytes again and again has one fault, not many:
 * only the first time is evidence.
 */
@Injectable()
export class RefusedCredentials {
  private readonly seen = new BoundedCache<true>(threatPolicy.maxRefused);

  /** Whether this address was refused with the same Authorization header before. */
  isRepeated({ headers, clientAddress }: FastifyRequest): boolean {
    const key = sha256(`${clientAddress.key} ${headers.authorization ?? ''}`).toString('base64');
    if (this.seen.get(key) === true) return true;
    this.seen.set(key, true);
    return false;
  }
}
