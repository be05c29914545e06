import type {
  ApiKeyResponse,
  ChangeKeyLimitsRequest,
  KeyLimitsResponse,
  ShownApiKeyResponse,
} from './api-keys.dto.js';
import type { NewKeyLimits, StoredKeyLimits } from './api-key-limits.repository.js';
import type { ApiKey, ShownApiKey } from './api-keys.service.js';

/** Field by field: what is not named here is not sent. */
export function toApiKey(key: ApiKey): ApiKeyResponse {
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    scopes: [...key.scopes],
    addresses: [...key.addresses],
    created_at: key.createdAt.toISOString(),
    expires_at: key.expiresAt.toISOString(),
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    previous_prefix: key.previous?.prefix ?? null,
    previous_expires_at: key.previous?.until.toISOString() ?? null,
  };
}

export function toShownApiKey({ key, text }: ShownApiKey): ShownApiKeyResponse {
  return Object.assign(toApiKey(key), { key: text });
}

export const toNewLimits = (body: ChangeKeyLimitsRequest): NewKeyLimits => ({
  monthlyCredits: body.monthly_credits ?? null,
  dailyCap: body.daily_microusd ?? null,
  monthlyCap: body.monthly_microusd ?? null,
  models: body.models ?? null,
});

export const toKeyLimits = (limits: StoredKeyLimits): KeyLimitsResponse => ({
  monthly_credits: limits.monthlyCredits,
  used_credits: limits.usedCredits,
  daily_microusd: limits.dailyCap,
  monthly_microusd: limits.monthlyCap,
  models: limits.models === null ? null : [...limits.models],
});
