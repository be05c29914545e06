import { tusVersion } from '../../config/policy/perimeter/http.js';
import { rateLimits } from '../../config/policy/perimeter/rate-limits.js';
import { headerReferences } from '../perimeter/output/response-headers.js';
import { freeText, uuidSchema } from '../perimeter/output/properties.js';

const count = (description: string): object => ({
  description,
  schema: { type: 'integer', format: 'int64', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
});

const text = (description: string, example: string, maxLength = 200): object => ({
  description,
  schema: { type: 'string', maxLength, pattern: freeText, example },
});

const [rule, { limit, windowSeconds }] = ['api_standard', rateLimits.api_standard] as const;

/** Headers of answers, by the name under which the components have them. */
export const headerComponents = {
  'X-Request-Id': {
    required: true,
    description: 'Of this request, also in the logs.',
    schema: { type: 'string', ...uuidSchema },
  },
  'Access-Control-Allow-Origin': {
    ...text('The origin of the request, where CORS_ORIGINS has it.', 'https://app.example.com', 300),
  },
  RateLimit: text(
    'What is left of the rule, and when it is whole again (draft-ietf-httpapi-ratelimit-headers).',
    `"${rule}";r=${limit - 1};t=${windowSeconds}`,
  ),
  'RateLimit-Policy': text('The rule that counted.', `"${rule}";q=${limit};w=${windowSeconds}`),
  'X-RateLimit-Limit': count('Requests of the window.'),
  'X-RateLimit-Remaining': count('Requests that are left of it.'),
  'X-RateLimit-Reset': count('Seconds until the window is over.'),
  'Retry-After': { ...count('Seconds to wait before the request is sent again.'), required: true },
  'X-Should-Retry': {
    description: '`false` where Retry-After is longer than 30 s: show it to the person instead of waiting.',
    schema: { type: 'string', enum: ['false'] },
  },
  Location: {
    required: true,
    description: 'The path of what was made.',
    schema: { type: 'string', format: 'uri-reference', maxLength: 300 },
  },
  'Tus-Resumable': {
    required: true,
    description: 'The version of the protocol of resumable uploads.',
    schema: { type: 'string', enum: [tusVersion] },
  },
  'Tus-Version': {
    required: true,
    description: 'The version that is spoken here.',
    schema: { type: 'string', enum: [tusVersion] },
  },
  'Upload-Length': { ...count('Bytes of the whole upload.'), required: true },
  'Upload-Offset': {
    ...count('Bytes of the upload that are kept: the next one goes there.'),
    required: true,
  },
  'Upload-Expires': {
    ...text('When an unfinished upload is removed (RFC 9110).', 'Sat, 28 Nov 2026 17:00:00 GMT', 40),
    required: true,
  },
  'Idempotency-Replayed': {
    description: '`true` when the answer is that of an earlier request with this Idempotency-Key.',
    schema: { type: 'string', enum: ['true'] },
  },
} as const;

export type HeaderName = keyof typeof headerComponents;

/** References to the components. */
export const headers = (...names: readonly HeaderName[]): Record<string, { readonly $ref: string }> =>
  headerReferences(...names);

/** On every answer. */
export const commonHeaders: readonly HeaderName[] = ['X-Request-Id', 'Access-Control-Allow-Origin'];

/** On answers of routes that a rule limits, once the rule has counted. */
export const limitHeaders: readonly HeaderName[] = [
  'RateLimit',
  'RateLimit-Policy',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
];
