import { HttpException } from '@nestjs/common';
import { DatabaseBusy } from '../database/database.js';
import { StorageUnavailable } from '../ports/object-storage.js';
import { retryAfterSecondsOf } from './database-failure.js';
import type { ProblemCode } from './catalogue.js';
import { Problem, unavailable } from './problem.js';

/** Fastify's error codes. */
const ofFastify: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_BAD_URL: 'url_invalid',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'content_type_unsupported',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'bad_request',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'json_invalid',
  FST_ERR_CTP_INVALID_JSON_BODY: 'json_invalid',
  FST_ERR_ASYNC_CONSTRAINT: 'bad_request',
  FST_ERR_MAX_PARAM_LENGTH: 'url_too_long',
};

/** Error codes of Node for a dependency that is unavailable. */
const outOfReach = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** PostgreSQL: invalid or out-of-range values that input validation let through; still an error of the client. */
const unholdable = new Set(['22001', '22003', '22021', '22P02', '22P05', '23514']);

/** Maps any thrown value to an error from the catalogue; an unknown one becomes `internal_error`. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof HttpException) return new Problem(ofStatus(error.getStatus()), { cause: error });
  if (error instanceof DatabaseBusy)
    return new Problem('busy', { cause: error, headers: { 'retry-after': '1' } });
  if (error instanceof StorageUnavailable) return unavailable(error);
  if (error instanceof Error) {
    const { code, statusCode } = error as Error & { code?: unknown; statusCode?: unknown };
    if (typeof code === 'string') {
      const known = ofFastify[code];
      if (known !== undefined) return new Problem(known, { cause: error });
      if (outOfReach.has(code)) return unavailable(error);
      const seconds = retryAfterSecondsOf(code);
      if (seconds !== null) return unavailable(error, seconds);
      if (unholdable.has(code)) return new Problem('bad_request', { cause: error });
    }
    if (isPoolTimeout(error)) return unavailable(error);
    if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
      return new Problem('bad_request', { cause: error });
  }
  return new Problem('internal_error', { cause: error });
}

function ofStatus(status: number): ProblemCode {
  if (status === 404) return 'route_not_found';
  if (status === 403) return 'forbidden';
  if (status === 401) return 'token_invalid';
  if (status === 413) return 'body_too_large';
  if (status === 415) return 'content_type_unsupported';
  return status < 500 ? 'bad_request' : 'internal_error';
}

/** The pool's timeouts and a lost connection have a message and no code. */
function isPoolTimeout(error: Error): boolean {
  return /^(timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error)/.test(
    error.message,
  );
}
