import { Injectable } from '@nestjs/common';
import { idempotencyPolicy } from '../../../config/policy/generations/generations.js';
import { Problem } from '../../errors/problem.js';
import type { Caller } from '../../guards/route/caller.js';
import { Log } from '../../observability/log.js';
import { Random } from '../../ports/random.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import { sha256 } from '../../crypto/hash.js';

/** A request that has its key for itself: whoever makes the effect writes the answer under it, in one statement with it. */
export interface IdempotencyLock {
  readonly key: string;
  readonly claim: string;
}

/** What a request is told apart by: the route and whatever was sent. */
export interface NamedRequest {
  /** The `Idempotency-Key` header, as received. */
  readonly key: string | undefined;
  readonly route: string;
  readonly content: unknown;
}

export interface IdempotentResult<T> {
  readonly answer: T;
  /** The effect is of an earlier request. */
  readonly replayed: boolean;
}

/**
 * Requests that name themselves have one effect: the first does it, and later ones with its key are told the same. A
 * request that failed leaves its key free; one that died at work blocks it for a minute.
 */
@Injectable()
export class IdempotencyService {
  constructor(
    private readonly keys: IdempotencyRepository,
    private readonly random: Random,
    private readonly log: Log,
  ) {}

  /** @throws Problem `idempotency_key_invalid`, `idempotency_key_running`, `idempotency_key_reused`, or what `work` throws */
  async runOnce<T>(
    caller: Caller,
    { key, route, content }: NamedRequest,
    work: (lock: IdempotencyLock | null) => Promise<T>,
  ): Promise<IdempotentResult<T>> {
    if (key === undefined) return { answer: await work(null), replayed: false };
    if (!isKey(key)) throw new Problem('idempotency_key_invalid');
    const requestHash = sha256(`${route}\n${canonical(content)}`);
    const claim = this.random.uuid();
    if (!(await this.keys.take(caller, key, requestHash, claim)))
      return { answer: await this.repeat<T>(caller, key, requestHash), replayed: true };
    try {
      return { answer: await work({ key, claim }), replayed: false };
    } catch (error) {
      await this.release(caller, key, claim);
      throw error;
    }
  }

  private async repeat<T>(caller: Caller, key: string, requestHash: Buffer): Promise<T> {
    const known = await this.keys.find(caller, key);
    // Given back a moment ago: the first request failed, and this one may try.
    if (known === null) throw running();
    if (!known.requestHash.equals(requestHash)) throw new Problem('idempotency_key_reused');
    if (known.answer === null) throw running();
    return known.answer as T;
  }

  /** What cannot be given back now frees itself with its claim. */
  private async release(caller: Caller, key: string, claim: string): Promise<void> {
    await this.keys.release(caller, key, claim).catch((cause: unknown) => {
      this.log.debug('an idempotency key was not given back', { cause });
    });
  }
}

const running = (): Problem => new Problem('idempotency_key_running', { headers: { 'retry-after': '1' } });

const isKey = (key: string): boolean =>
  key.length >= 1 && key.length <= idempotencyPolicy.keyCharacters && /^[\x21-\x7e]+$/.test(key);

/** The same for bodies that differ in the order of their members alone. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  );
}
