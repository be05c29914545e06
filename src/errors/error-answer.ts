import { longestRetrySeconds, spentRetrySeconds } from '../../config/policy/perimeter/rate-limits.js';
import { isOpenAiUrl, openAiContentType, toOpenAiError } from './openai-error.js';
import type { Problem } from './problem.js';
import { problemContentType, renderProblem } from './render-problem.js';

/** The answer to a request that failed. */
export interface ErrorAnswer {
  readonly status: number;
  /** Those of the problem, the content type, and whether a client should try again. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface FailedRequest {
  readonly id: string;
  /** Its path and query; undefined where it could not be read. */
  readonly url: string | undefined;
  /** What went wrong, in development only. */
  readonly debug?: string | undefined;
}

/** A problem document, or OpenAI's shape where its clients call. */
export function errorAnswer(problem: Problem, { id, url, debug }: FailedRequest): ErrorAnswer {
  const own = problem.parts.headers ?? {};
  if (!isOpenAiUrl(url))
    return {
      status: problem.status,
      headers: { ...own, ...shouldRetry(problem.status, own), 'content-type': problemContentType },
      body: renderProblem(problem, id, debug),
    };
  const { status, error } = toOpenAiError(problem);
  const isSpent = error.code === 'insufficient_quota';
  return {
    status,
    headers: {
      ...(isSpent ? { 'retry-after': String(spentRetrySeconds), ...noRetry } : shouldRetry(status, own)),
      ...own,
      'content-type': openAiContentType,
    },
    body: JSON.stringify({ error: { ...error, ...(debug === undefined ? {} : { debug }) } }),
  };
}

const noRetry = { 'x-should-retry': 'false' };

/** Clients should tell the person instead of waiting so long; SDKs of language models read the header. */
function shouldRetry(
  status: number,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const waits = status === 429 || status === 503;
  return waits && Number(headers['retry-after'] ?? 0) > longestRetrySeconds ? noRetry : {};
}
