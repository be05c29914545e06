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
  /** Input that a handler takes as a class of validated fields. */
  fields: ['validation_failed'],
  limitedByAddress: ['rate_limit_exceeded', 'busy'],
  /** Where no route matches: part of no operation. */
  noRoute: ['route_not_found', 'method_not_allowed'],
  /** Raised while a parameter of a route is read: found there. */
  parameters: ['not_found'],
} as const satisfies Readonly<Record<string, readonly ProblemCode[]>>;
