import { STATUS_CODES } from 'node:http';
import type { ProblemCode } from '../errors/catalogue.js';
import { openAiCode } from '../errors/openai-error.js';
import { commonHeaders, headers, limitHeaders } from './headers.js';
import type { ResponseObject } from './open-api.js';
import { perimeterProblems } from './perimeter-problems.js';

/** The errors of one status that an operation can answer. */
export interface ProblemAnswer {
  readonly status: number;
  readonly codes: readonly ProblemCode[];
  /** Whether a rule of the limiter counts the operation. */
  readonly isLimited: boolean;
  /** Whether it has the shape of OpenAI. */
  readonly isOpenAi: boolean;
}

const ofAny: ReadonlySet<ProblemCode> = new Set(perimeterProblems.any);

/** The name of the component: the status, then the codes that not every operation has. */
export function problemResponseName({ status, codes, isLimited, isOpenAi }: ProblemAnswer): string {
  const words = (STATUS_CODES[status] ?? String(status)).replaceAll(/[^A-Za-z]/g, '');
  return [
    words,
    ...(isOpenAi ? ['openai'] : []),
    ...(isLimited ? ['limited'] : []),
    ...codes.filter((code) => !ofAny.has(code)),
  ].join('.');
}

export function problemResponse({ status, codes, isLimited, isOpenAi }: ProblemAnswer): ResponseObject {
  const shown = isOpenAi ? [...new Set(codes.map(openAiCode))].sort() : codes;
  const waits = status === 429 || status === 503;
  return {
    description: `${STATUS_CODES[status] ?? ''}: ${shown.map((code) => `\`${code}\``).join(', ')}.`,
    headers: headers(
      ...commonHeaders,
      ...(isLimited ? limitHeaders : []),
      ...(waits ? (['Retry-After', 'X-Should-Retry'] as const) : []),
    ),
    content: isOpenAi
      ? { 'application/json': { schema: { $ref: '#/components/schemas/OpenAiError' } } }
      : {
          'application/problem+json': {
            schema: { $ref: '#/components/schemas/Problem' },
            examples: Object.fromEntries(
              codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
            ),
          },
        },
  };
}
