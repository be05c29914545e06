import { Injectable } from '@nestjs/common';
import { idempotencyPolicy } from '../../../config/policy/generations/generations.js';
import { Problem } from '../../errors/problem.js';
import type { Caller } from '../../guards/route/caller.js';
import { Log } from '../../observability/log.js';
import { Random } from '../../ports/random.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import { sha256 } from '../../crypto/hash.js';

/** An exclusive claim on an idempotency key: the effect and its answer are written in one statement. */
export interface IdempotencyLock {
  readonly key: string;
  readonly claim: string;
}

/** What identifies a request: its key, the route and the content. */
export interface NamedRequest {
  /** The `Idempotency-Key` header, as received. */
  readonly key: string | undefined;
  readonly route: string;
  readonly content: unknown;
}

export interface IdempotentResult<T> {
  readonly answer: T;
  /** Whether the effect is that of an earlier request. */
  readonly replayed: boolean;
}

/**
 * Requests with an `Idempotency-Key` have one effect: the first makes it, later ones with its key get the stored
 * answer. A failed request releases its key; one whose process died blocks it for a minute.
 */
@Injectable()
export class IdempotencyService {
  constructor(
    private readonly keys: IdempotencyRepository,
    private readonly random: Random,
    private readonly log: Log,
  ) {}

  /** @throws Problem `idempotency_key_invalid`, `idempotency_key_running`, `idempotency_key_reused`,
   * `idempotency_effect_deleted`, or what `work` throws */
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
    // Released just now: the first request failed, and this one may be retried.
    if (known === null) throw running();
    if (!known.requestHash.equals(requestHash)) throw new Problem('idempotency_key_reused');
    if (known.isDeleted) throw new Problem('idempotency_effect_deleted');
    if (known.answer === null) throw running();
    return known.answer as T;
  }

  /** A key that cannot be released now is free when its claim expires. */
  private async release(caller: Caller, key: string, claim: string): Promise<void> {
    await this.keys.release(caller, key, claim).catch((cause: unknown) => {
      this.log.debug('an idempotency key was not given back', { cause });
    });
  }
}

const running = (): Problem => new Problem('idempotency_key_running', { headers: { 'retry-after': '1' } });

const isKey = (key: string): boolean =>
  key.length >= 1 && key.length <= idempotencyPolicy.keyCharacters && /^[\x21-\x7e]+$/.test(key);

/** Canonical JSON: the same text for bodies that differ only in the order of their members. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  );
}
