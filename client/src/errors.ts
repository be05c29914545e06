import type { ProblemCode } from './api.js';

/** One invalid field of a request. */
export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** What every answer that is a failure says, whoever sent it. */
interface AnswerFacts {
  readonly status: number;
  /** `X-Request-Id`: name it when you report the failure. Null where the answer has none, or a browser may not read it. */
  readonly requestId: string | null;
  /** When a repeat may succeed, by `Retry-After`; null without one. */
  readonly retryAt: Date | null;
  /** Whether the service advises against a repeat by the program itself (`x-should-retry: false`). */
  readonly refusesRetry: boolean;
}

/** The service refused the request with a problem document (RFC 9457). */
export class VelroError extends Error implements AnswerFacts {
  override readonly name = 'VelroError';
  readonly status: number;
  /** Stable, for programs. A newer service may send codes that this version of the client does not know. */
  readonly code: ProblemCode;
  readonly title: string;
  readonly requestId: string | null;
  /** The invalid fields; empty unless the code is `validation_failed`. */
  readonly errors: readonly FieldError[];
  readonly retryAt: Date | null;
  readonly refusesRetry: boolean;

  constructor(
    facts: AnswerFacts,
    problem: { code: ProblemCode; title: string; detail: string; errors: readonly FieldError[] },
  ) {
    super(problem.detail);
    this.status = facts.status;
    this.code = problem.code;
    this.title = problem.title;
    this.requestId = facts.requestId;
    this.errors = problem.errors;
    this.retryAt = facts.retryAt;
    this.refusesRetry = facts.refusesRetry;
  }
}

/** An answer that the service does not send: a proxy's error page, a login page of a network, a stream of other bytes. */
export class VelroResponseError extends Error implements AnswerFacts {
  override readonly name = 'VelroResponseError';
  readonly status: number;
  readonly requestId: string | null;
  readonly retryAt: Date | null;
  readonly refusesRetry: boolean;
  readonly contentType: string | null;
  /** The beginning of the body, at most 2,000 characters. Empty for answers of `/api/v1/auth/`, in which tokens may stand. */
  readonly text: string;

  constructor(facts: AnswerFacts, contentType: string | null, text: string) {
    super(`unexpected answer: ${facts.status} ${contentType ?? 'without a content type'}`);
    this.status = facts.status;
    this.requestId = facts.requestId;
    this.retryAt = facts.retryAt;
    this.refusesRetry = facts.refusesRetry;
    this.contentType = contentType;
    this.text = text.slice(0, 2000);
  }
}

/** No answer, or half of one: the network, a time limit, or a page that the service does not allow (CORS). See `cause`. */
export class VelroConnectionError extends Error {
  override readonly name = 'VelroConnectionError';

  constructor(cause: unknown) {
    super('no complete answer from the service', { cause });
  }
}

/** The store of tokens failed, or did not answer within three seconds; the call was not sent. See `cause`. */
export class VelroStoreError extends Error {
  override readonly name = 'VelroStoreError';

  constructor(cause: unknown) {
    super('the tokens cannot be read', { cause });
  }
}

export const isFailure = (error: unknown): error is VelroError | VelroResponseError =>
  error instanceof VelroError || error instanceof VelroResponseError;
