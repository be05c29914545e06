import { catalogue, type ProblemCode } from './catalogue.js';

/** A validation error of one input field. Never contains the value that was sent. */
export interface FieldFault {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

export interface ProblemParts {
  readonly errors?: readonly FieldFault[];
  /** Response headers such as Retry-After. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the problem document (RFC 9457, 3.2), documented with the code. */
  readonly members?: Readonly<Record<string, number | string>>;
  /** Written to the log, never sent to the client outside development. */
  readonly cause?: unknown;
}

/** An error from the catalogue: the only kind that is sent to clients. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly code: ProblemCode,
    readonly parts: ProblemParts = {},
  ) {
    super(code, { cause: parts.cause });
  }

  get status(): number {
    return catalogue[this.code].status;
  }
}

/** A 503 for a dependency that is unavailable, with `Retry-After` in seconds. */
export function unavailable(cause: unknown, seconds = 2): Problem {
  return new Problem('unavailable', { cause, headers: { 'retry-after': String(seconds) } });
}
