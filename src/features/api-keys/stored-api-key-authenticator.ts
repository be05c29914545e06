import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { contains, parseCidr } from '../../../config/values/cidr.js';
import { apiKeyPolicy } from '../../../config/policy/accounts/api-keys.js';
import { mfaRequiredFor } from '../../../config/policy/accounts/mfa.js';
import { Log } from '../../observability/log.js';
import {
  ApiKeyAuthenticator,
  type ApiKeyRefusal,
  type ApiKeyResult,
} from '../../ports/accounts/api-key-authenticator.js';
import { ApiKeyLookupRepository, type FoundKey } from './api-key-lookup.repository.js';
import { keyHashOf, keyTextId } from './key-text.js';

/** Authenticates API keys by one statement per request, so that a revocation applies on every instance at once. */
@Injectable()
export class StoredApiKeyAuthenticator extends ApiKeyAuthenticator implements OnModuleDestroy {
  /** Pending writes of last use, by key. */
  private readonly notes = new Map<string, Promise<void>>();

  constructor(
    private readonly keys: ApiKeyLookupRepository,
    private readonly log: Log,
  ) {
    super();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.notes.values());
  }

  async authenticate(text: string, clientIp: string): Promise<ApiKeyResult> {
    const hash = keyHashOf(text);
    if (hash === null) return { outcome: 'refused', reason: 'key_malformed', userId: null };
    const key = await this.keys.find(hash);
    if (key === null) return { outcome: 'refused', reason: 'key_unknown', userId: null };
    const reason = faultOf(key, clientIp);
    if (reason !== null) return { outcome: 'refused', reason, userId: key.userId };
    if (key.isUseDue) this.noteUse(key.limits.id);
    return {
      outcome: 'recognised',
      holder: {
        key: key.limits,
        textId: keyTextId(hash, key.place),
        userId: key.userId,
        // The role that an access token of this account would have now.
        role: mfaRequiredFor.includes(key.role) && !key.mfaActive ? 'enrolling' : key.role,
        epoch: key.epoch,
        scopes: key.scopes,
        issuedAt: seconds(key.createdAt),
        expiresAt: seconds(key.expiresAt),
      },
    };
  }

  /** In the background: the request neither waits for it nor fails with it. */
  private noteUse(id: string): void {
    if (this.notes.has(id) || this.notes.size >= apiKeyPolicy.maxNotesAtOnce) return;
    const note = this.keys
      .noteUse(id)
      .catch((cause: unknown) => {
        this.log.warn('the use of an API key was not noted', { cause });
      })
      .finally(() => this.notes.delete(id));
    this.notes.set(id, note);
  }
}

/** Revocation first: use of a revoked key is the strongest sign of an attack. */
function faultOf(key: FoundKey, clientIp: string): ApiKeyRefusal | null {
  if (key.isRevoked) return 'key_revoked';
  if (key.isClosed) return 'key_closed';
  if (key.isExpired) return 'key_expired';
  return isAdmitted(key.addresses, clientIp) ? null : 'key_address';
}

function isAdmitted(ranges: readonly string[], clientIp: string): boolean {
  if (ranges.length === 0) return true;
  const address = parseCidr(clientIp);
  return address !== null && ranges.some((range) => contains(range, address));
}

const seconds = (time: Date): number => Math.floor(time.getTime() / 1000);
