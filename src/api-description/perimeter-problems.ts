import type { ProblemCode } from '../errors/catalogue.js';

/**
 * Codes that the perimeter answers before a guard or handler runs, by what it concerns. A test compares them with the calls in
 * `src/perimeter/`.
 */
export const perimeterProblems = {
  any: [
    'bad_request',
    'host_missing',
    'url_invalid',
    'query_invalid',
    'method_override_refused',
    'address_blocked',
    'cross_site_refused',
    'https_required',
    'request_timeout',
    'body_too_large',
    'url_too_long',
    'content_encoding_unsupported',
    'expectation_failed',
    'headers_too_large',
    'internal_error',
    'unavailable',
  ],
  body: ['json_invalid', 'json_too_complex', 'content_type_unsupported'],
  form: ['length_required', 'multipart_invalid'],
  limitedByAddress: ['rate_limit_exceeded', 'busy'],
} as const satisfies Readonly<Record<string, readonly ProblemCode[]>>;
