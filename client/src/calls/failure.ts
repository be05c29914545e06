import { VelroError, VelroResponseError, type FieldError } from '../errors.js';
import type { ProblemCode } from '../api.js';
import { readRetryAfter } from './retry-after.js';
import { bringsTokens } from './routes.js';

/** Reads an answer from this URL that is no success. Rejects when its body does not come. */
export async function failureOf(response: Response, url: string): Promise<VelroError | VelroResponseError> {
  return toFailure(response, await response.text(), url);
}

/** The error that an answer with this text is. `from`: URL or path; tokens must not get into reports by the text of an error. */
export function toFailure(response: Response, text: string, from: string): VelroError | VelroResponseError {
  const { status, headers } = response;
  const facts = {
    status,
    requestId: headers.get('x-request-id'),
    retryAt: readRetryAfter(headers.get('retry-after'), Date.now()),
    refusesRetry: headers.get('x-should-retry') === 'false',
  };
  const contentType = headers.get('content-type');
  const problem = contentType?.startsWith('application/problem+json') === true ? readProblem(text) : null;
  if (problem !== null) return new VelroError(facts, problem);
  return new VelroResponseError(facts, contentType, bringsTokens(from) ? '' : text);
}

/** Codes of a newer service count too: the type names those that this version knows. */
const isCode = (code: unknown): code is ProblemCode => typeof code === 'string';

function readProblem(text: string): ConstructorParameters<typeof VelroError>[1] | null {
  try {
    const { code, title, detail, errors } = JSON.parse(text) as Record<string, unknown>;
    if (!isCode(code)) return null;
    return {
      code: code,
      title: typeof title === 'string' ? title : code,
      detail: typeof detail === 'string' ? detail : code,
      errors: Array.isArray(errors) ? (errors as FieldError[]) : [],
    };
  } catch {
    return null;
  }
}
