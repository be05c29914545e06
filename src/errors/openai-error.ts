import { openAiPrefix } from '../../config/policy/perimeter/http.js';
import { catalogue, type ProblemCode } from './catalogue.js';
import type { Problem } from './problem.js';

export const openAiContentType = 'application/json; charset=utf-8';

/** What OpenAI calls a problem, where clients of it look for the name. Statuses: what their clients expect of it. */
const names: Partial<Record<ProblemCode, { readonly status: number; readonly code: string }>> = {
  validation_failed: { status: 400, code: 'invalid_value' },
  token_missing: { status: 401, code: 'invalid_api_key' },
  token_invalid: { status: 401, code: 'invalid_api_key' },
  model_unknown: { status: 404, code: 'model_not_found' },
  budget_exceeded: { status: 429, code: 'insufficient_quota' },
  credits_insufficient: { status: 429, code: 'insufficient_quota' },
  key_credits_exceeded: { status: 429, code: 'insufficient_quota' },
  content_refused: { status: 400, code: 'content_policy_violation' },
  reference_refused: { status: 400, code: 'invalid_value' },
};

/** A problem as clients of OpenAI are told of it. */
export interface OpenAiError {
  readonly status: number;
  readonly error: {
    readonly message: string;
    readonly type: 'invalid_request_error' | 'server_error' | 'requests' | 'insufficient_quota';
    readonly param: string | null;
    readonly code: string;
  };
}

export const isOpenAiUrl = (url: string | undefined): boolean =>
  url?.startsWith(`/${openAiPrefix}/`) === true || url === `/${openAiPrefix}`;

export const openAiCode = (code: ProblemCode): string => names[code]?.code ?? code;

export const openAiStatus = (code: ProblemCode): number => names[code]?.status ?? catalogue[code].status;

/**
 * The same words as in the problem document, with the reasons of the fields behind them.
 * Source: https://platform.openai.com/docs/guides/error-codes
 */
export function toOpenAiError({ code, parts }: Problem): OpenAiError {
  const status = openAiStatus(code);
  const faults = parts.errors ?? [];
  // The words of validators begin with the name of the field.
  const reasons = faults.map(({ field, message }) =>
    message.startsWith(field.split('.').at(-1) ?? '') ? `${message}.` : `${field} ${message}.`,
  );
  const name = openAiCode(code);
  return {
    status,
    error: {
      message: reasons.length > 0 ? reasons.join(' ') : catalogue[code].detail,
      type: typeOf(status, name),
      param: faults[0]?.field ?? null,
      code: name,
    },
  };
}

function typeOf(status: number, code: string): OpenAiError['error']['type'] {
  if (code === 'insufficient_quota') return code;
  if (status === 429) return 'requests';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}
