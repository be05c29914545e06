import type { FailureCode } from '../../ports/generation-provider.js';
import type { FalRejected, Rejection } from './fal-errors.js';
import { fieldOf, isRecord } from './fal-json.js';

const maxKinds = 8;
const kindForm = /^[a-z][a-z0-9_.]{0,63}$/;
const foreign: Rejection = { source: 'foreign', kinds: [], status: null };

/** Reads the body of an answer that is not 2xx; `undefined` stands for one that is not JSON. */
export function readRejection(body: unknown): Rejection {
  if (!isRecord(body)) return foreign;
  const detail = fieldOf(body, 'detail');
  const status = fieldOf(body, 'status');
  if (Array.isArray(detail)) {
    return { source: 'model', kinds: kindsOf(detail.map((entry) => fieldOf(entry, 'type'))), status: null };
  }
  if (typeof detail !== 'string' && typeof status !== 'string') return foreign;
  return {
    source: 'platform',
    kinds: kindsOf([fieldOf(body, 'error_type')]),
    status: typeof status === 'string' ? status : null,
  };
}

function kindsOf(words: readonly unknown[]): string[] {
  return words
    .filter((word): word is string => typeof word === 'string' && kindForm.test(word))
    .slice(0, maxKinds);
}

/** fal's kinds of error, and our code for each. The first line that matches any kind wins. */
const codesByKind: readonly (readonly [RegExp, FailureCode])[] = [
  // As far as known, a model without output has refused the content.
  [/content_policy|no_media_generated/, 'content_refused'],
  [/^(file_download|image_load|face_detection)_error$|^(image|file)_too_(small|large)$|^unsupported_\w+_format$/, 'reference_refused'], // prettier-ignore
  [/^(request|startup|generation)_timeout$/, 'provider_timeout'],
  [/^(runner|internal|downstream|client)_/, 'provider_failed'],
];

/** The code for fal's kinds of error; null when none is known. */
export function codeOfKinds(kinds: readonly string[]): FailureCode | null {
  for (const [form, code] of codesByKind) if (kinds.some((kind) => form.test(kind))) return code;
  return null;
}

/** The code for a permanent rejection or failure. */
export function codeOfRejection({ status, rejection }: FalRejected): FailureCode {
  const known = codeOfKinds(rejection.kinds);
  if (known !== null) return known;
  if (status === 422 || (status === 400 && rejection.source === 'model')) return 'parameters_refused';
  return status >= 500 ? 'provider_failed' : 'provider_refused';
}
