import { catalogue } from './catalogue.js';
import type { Problem } from './problem.js';

export const problemContentType = 'application/problem+json; charset=utf-8';

/**
 * The problem document of RFC 9457 as JSON text. It contains nothing of the request but its id.
 * `debug` may be set in development only.
 */
export function renderProblem(problem: Problem, requestId: string, debug?: string): string {
  const { status, title, detail } = catalogue[problem.code];
  return JSON.stringify({
    type: `urn:velro:problem:${problem.code}`,
    title,
    status,
    detail,
    instance: `urn:uuid:${requestId}`,
    code: problem.code,
    request_id: requestId,
    ...problem.parts.members,
    ...(problem.parts.errors ? { errors: problem.parts.errors } : {}),
    ...(debug === undefined ? {} : { debug }),
  });
}
