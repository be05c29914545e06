import { catalogue, type ProblemCode } from '../../../src/errors/catalogue.js';
import type { Answer } from '../http/http.js';
import { fileFields, isBytes, isForm, wireOf, type Draft } from './requests.js';
import { faultsBy } from './schema-faults.js';
import {
  beforeValidation,
  bodyLimitOf,
  valuesLimitOf,
  countedPerAccount,
  isBeyondSchemas,
  isRefusedForSize,
  limitsOfRequests,
  refusalsOfHeaders,
  specificRefusals,
  tolerated,
  unreadable,
  withoutBlanks,
  type FieldFault,
} from './rules.js';
import { resolved, type Operation, type Schema } from './operations.js';

interface RequestFault {
  readonly where: 'path' | 'query' | 'header' | 'body';
  readonly field: string;
}

/** What the description forbids in the values of a request. */
function faultsOf(draft: Draft): RequestFault[] {
  const { operation, body } = draft;
  const ofParameters = operation.parameters.flatMap(
    ({ in: where, name, schema, required }): RequestFault[] => {
      const value = draft[where === 'header' ? 'headers' : where][name];
      if (value === undefined) return required === true ? [{ where, field: name }] : [];
      return faultsBy(schema, where === 'header' ? value.trim() : asRead(schema, value)).map(() => ({
        where,
        field: name,
      }));
    },
  );
  const read = body === null ? null : isForm(body) ? asForm(body.value) : body.value;
  const ofBody =
    body === null || isBytes(body)
      ? []
      : faultsBy(body.schema, withoutBlanks(read)).map(({ field }): RequestFault => ({
          where: 'body',
          field,
        }));
  return [...ofParameters, ...ofBody].filter((fault) => !tolerated(operation, fault, read));
}

/** The text of a parameter as the type that its schema names. */
function asRead(given: Schema, text: string): unknown {
  const { type } = resolved(given);
  if (type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  return text.toWellFormed();
}

/** A form has no value for a field that is empty or null, and holds UTF-8. */
function asForm(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== '' && field !== null)
      .map(([name, field]) => [name, typeof field === 'string' ? field.toWellFormed() : field]),
  );
}

/** A file of a form holds any bytes. */
const textsOf = (fields: Readonly<Record<string, unknown>>): unknown =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([name, value]) => fileFields[name] === undefined || typeof value !== 'string',
    ),
  );

/** Whether JSON is beyond the bounds that hold for any body, whatever its schema. */
function isTooComplex(value: unknown, values: number, depth = 0, seen = { values: 0 }): boolean {
  seen.values += 1;
  if (depth > limitsOfRequests.depth || seen.values > values) return true;
  if (typeof value === 'string') return isUnclean(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([name, field]) =>
      isUnclean(name) || name in Object.prototype || isTooComplex(field, values, depth + 1, seen),
  );
}

const isUnclean = (text: string): boolean => text.includes('\0') || !text.isWellFormed();

const isBodyTooComplex = ({ body, operation }: Draft): boolean =>
  body !== null &&
  !isBytes(body) &&
  isTooComplex(isForm(body) ? textsOf(asForm(body.value)) : body.value, valuesLimitOf(operation));

export const isForbidden = (draft: Draft): boolean =>
  draft.damage !== null || isBodyTooComplex(draft) || faultsOf(draft).length > 0;

/** The codes by one of which a forbidden request must be refused once its sender is admitted. */
function refusalsOf(draft: Draft): string[] {
  const { operation, damage, body } = draft;
  if (damage !== null) return [...damage.codes];
  const { path, payload = '' } = wireOf(draft);
  if (path.length > limitsOfRequests.urlBytes) return ['url_too_long'];
  if (path.slice(path.indexOf('?') + 1 || path.length).includes('%00')) return ['query_invalid'];
  const form = body !== null && isForm(body);
  if (form ? hasLongPart(body.value) : Buffer.byteLength(payload) > bodyLimitOf(operation))
    return ['body_too_large'];
  const specific = specificRefusals[operation.name] ?? [];
  if (isBodyTooComplex(draft))
    return ['json_too_complex', ...(form ? ['multipart_invalid', ...specific] : specific)];
  return [
    ...new Set(
      faultsOf(draft).flatMap(({ where, field }) => {
        if (where === 'path') return refusalsOfPath(draft);
        if (where === 'header') return refusalsOfHeaders[field] ?? specific;
        // A text there is read as JSON.
        if (form && field === 'parameters') return ['validation_failed', 'json_invalid'];
        return specific.length > 0 ? specific : ['validation_failed'];
      }),
    ),
  ];
}

/** A part of a form has a bound of its own. */
const hasLongPart = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).some(
    ([name, part]) =>
      fileFields[name] === undefined &&
      Buffer.byteLength(typeof part === 'string' ? part : JSON.stringify(part)) > limitsOfRequests.partBytes,
  );

/** An id that is none is one of nothing; a path that is no longer of this operation is of none or of another. */
const refusalsOfPath = ({ path }: Draft): string[] =>
  Object.values(path).some(
    (text) => encodeURIComponent(text.toWellFormed()).length > limitsOfRequests.pathParameter,
  )
    ? ['url_too_long', 'not_found']
    : ['not_found', 'route_not_found', 'method_not_allowed'];

const isBeyondAll = (operation: Operation, { json }: Answer): boolean =>
  ((json.errors ?? []) as FieldFault[]).every((fault) => isBeyondSchemas(operation, fault));

/** An error in OpenAI's shape as the problem that it tells of: one field at most, without the name of its rule. */
export function asProblem<T extends Pick<Answer, 'json'>>(answer: T): T {
  const error = (
    answer.json as { error?: { code: string; param: string | null; message: string } | null } | undefined
  )?.error;
  if (error === undefined || error === null || typeof error !== 'object') return answer;
  const { code, param, message } = error;
  const errors = param === null ? [] : [{ field: param, code: 'openai', message }];
  return { ...answer, json: { code: openAiNames[code] ?? code, errors } };
}

const openAiNames: Readonly<Record<string, string | undefined>> = {
  invalid_value: 'validation_failed',
  invalid_api_key: 'token_missing',
  model_not_found: 'not_found',
};

/** Why an answer to a forbidden request is wrong; null when it is right. `fits`: the sender is admitted to the operation. */
export function wrongRefusal(draft: Draft, given: Answer, fits: boolean): string | null {
  const answer = asProblem(given);
  const code = String(answer.json?.code);
  const expected = refusalsOf(draft);
  if (answer.status < 400)
    return `it was taken: ${answer.status}, and not refused as ${expected.join(' or ')}`;
  if (draft.operation.method === 'HEAD') return wrongStatus(answer.status, expected, fits);
  if (!expected.includes(code)) {
    // What is forbidden in one place may stand beside what no schema says of another.
    if (code === 'validation_failed' && isBeyondAll(draft.operation, answer)) return null;
    if (!fits && beforeValidation.includes(code)) return null;
    return `it was refused as ${answer.status} ${code}, and not as ${expected.join(' or ')}`;
  }
  if (code !== 'validation_failed' || draft.damage !== null) return null;
  // Of several wrong fields OpenAI's shape names one.
  if (answer !== given) return null;
  const named = (answer.json.errors as { field: string }[]).map(({ field }) => field.split('.')[0] ?? '');
  const blamed = faultsOf(draft).map(({ field }) => field);
  if (named.some((field) => blamed.includes(field)) || blamed.includes('')) return null;
  return `it was refused for ${named.join(', ')}, and not for ${blamed.join(', ')}`;
}

/** The code of a refusal of HEAD stands in no body: its status has to be that of one of them. */
function wrongStatus(status: number, expected: readonly string[], fits: boolean): string | null {
  const statuses = [...expected, ...(fits ? [] : beforeValidation)].map(
    (code) => catalogue[code as ProblemCode].status as number,
  );
  return statuses.includes(status)
    ? null
    : `it was refused as ${status}, and not as ${expected.join(' or ')}`;
}

/** Why an answer to an allowed request is wrong; null when it is right. */
export function wrongAnswer({ operation }: Draft, given: Answer, fits: boolean): string | null {
  const answer = asProblem(given);
  const code = String(answer.json?.code);
  if (answer.status < 400) return null;
  if (answer.status >= 500) return `it failed: ${answer.status} ${code}`;
  if (fits && beforeValidation.includes(code)) return `it was refused as ${code}`;
  if (answer.status === 429) return countedPerAccount.includes(code) ? null : `it was limited: ${code}`;
  if (code === 'validation_failed') {
    const beyond = (answer.json.errors as FieldFault[]).filter((fault) => !isBeyondSchemas(operation, fault));
    return beyond.length === 0 ? null : `it is described, and was refused for ${JSON.stringify(beyond)}`;
  }
  return unreadable.includes(code) && !isRefusedForSize(operation, code)
    ? `it is described, and was refused as ${answer.status} ${code}`
    : null;
}
