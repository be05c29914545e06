import { csvLine } from '../../perimeter/output/csv.js';
import { accessReviewPolicy } from '../../../config/policy/accounts/access-review.js';
import type { Attestation, ReviewedAdministrator, StaleKey } from './access-review.repository.js';
import type { AccessReview } from './access-review.service.js';
import type {
  AccessReviewResponse,
  AttestationResponse,
  ReviewedAdministratorResponse,
  StaleKeyResponse,
} from './access-review.dto.js';

const staleMs = accessReviewPolicy.staleDays * 24 * 3600 * 1000;
const moment = (date: Date | null): string | null => date?.toISOString() ?? null;

export const toAccessReview = (review: AccessReview, now: number): AccessReviewResponse => ({
  administrator_count: review.administrators.count,
  administrators: review.administrators.items.map((one) => toAdministrator(one, now)),
  stale_key_count: review.staleKeys.count,
  stale_keys: review.staleKeys.items.map(toStaleKey),
  last_attestation: review.lastAttestation && toAttestation(review.lastAttestation),
  due_at: review.dueAt.toISOString(),
});

const toAdministrator = (one: ReviewedAdministrator, now: number): ReviewedAdministratorResponse => ({
  id: one.id,
  email: one.email,
  role: one.role,
  mfa_enabled: one.hasFactor,
  disabled_at: moment(one.disabledAt),
  last_used_at: moment(one.lastUsedAt),
  stale: now - (one.lastUsedAt ?? one.createdAt).getTime() > staleMs,
  sessions: one.sessions,
  devices: one.devices,
  api_keys: one.keys,
  created_at: one.createdAt.toISOString(),
});

const toStaleKey = (key: StaleKey): StaleKeyResponse => ({
  id: key.id,
  user_id: key.userId,
  name: key.name,
  prefix: key.prefix,
  scopes: [...key.scopes],
  created_at: key.createdAt.toISOString(),
  last_used_at: moment(key.lastUsedAt),
  expires_at: key.expiresAt.toISOString(),
});

const toAttestation = ({
  at,
  reviewerId,
  administrators,
  staleKeys,
  note,
}: Attestation): AttestationResponse => ({
  at: at.toISOString(),
  reviewer_id: reviewerId,
  administrators,
  stale_keys: staleKeys,
  note,
});

/** Administrators, then stale keys, each in a line. */
export function toCsv(review: AccessReviewResponse): string {
  const head = [
    'kind',
    'id',
    'account',
    'role_or_scopes',
    'mfa_enabled',
    'last_used_at',
    'stale',
    'created_at',
    'disabled_or_expires_at',
  ];
  return [
    head,
    ...review.administrators.map((one) => [
      'administrator',
      one.id,
      one.email,
      one.role,
      one.mfa_enabled,
      one.last_used_at,
      one.stale,
      one.created_at,
      one.disabled_at,
    ]),
    ...review.stale_keys.map((key) => [
      'api_key',
      key.id,
      key.user_id,
      key.scopes.join(' '),
      null,
      key.last_used_at,
      true,
      key.created_at,
      key.expires_at,
    ]),
  ]
    .map(csvLine)
    .join('');
}
