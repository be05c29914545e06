import { cspReportBytes } from '../../../config/policy/perimeter/headers.js';
import {
  longBodies,
  messengerBodyBytes,
  multipartLimits,
  requestLimits,
  signedBodyBytes,
} from '../../../config/policy/perimeter/http.js';
import type { Operation } from './operations.js';

/** Bounds that hold for any request, as the description of their codes says. */
export const limitsOfRequests = {
  depth: requestLimits.jsonDepth,
  partBytes: multipartLimits.fieldSize,
  urlBytes: requestLimits.urlBytes,
  pathParameter: requestLimits.pathParamCharacters,
};

/** Bytes of a body, where an operation has another bound than the others. */
const bodyLimits: Readonly<Record<string, number>> = {
  'POST /api/v1/webhooks/fal': signedBodyBytes,
  'POST /api/v1/webhook/inbound': signedBodyBytes,
  'POST /webhook/messenger': messengerBodyBytes,
  'POST /api/v1/csp-report': cspReportBytes,
};

const longBodyOf = (name: string) => longBodies.get(name.slice(name.indexOf(' ') + 1));

export const bodyLimitOf = ({ name }: Operation): number =>
  bodyLimits[name] ?? longBodyOf(name)?.bytes ?? requestLimits.jsonBodyBytes;

/** Values of a body of JSON. */
export const valuesLimitOf = ({ name }: Operation): number =>
  longBodyOf(name)?.values ?? requestLimits.jsonValues;

/** Codes by which whoever may not call an operation is refused before its input is read. */
export const beforeValidation: readonly string[] = [
  'token_missing',
  'token_invalid',
  'operator_credentials_invalid',
  'forbidden',
  'scope_missing',
  'mfa_enrolment_required',
];

/** Operations that refuse what is wrong in their values by another code than `validation_failed`. */
export const specificRefusals: Readonly<Record<string, readonly string[]>> = {
  'POST /ops/ai/toggle': ['switch_invalid'],
  // A form of one file: what else is in it is refused, not read. Without a body there is no type either.
  'POST /api/v1/storage/upload': ['validation_failed', 'content_type_unsupported'],
  'PATCH /api/v1/storage/uploads/{id}': ['content_type_unsupported'],
  // Nothing is read of it before its signature is verified.
  'POST /api/v1/webhooks/fal': ['signature_missing', 'signature_invalid'],
  'POST /api/v1/webhook/inbound': ['signature_missing', 'signature_invalid'],
  'POST /webhook/messenger': ['signature_missing', 'signature_invalid'],
  'POST /webhook/messenger/data-deletion': ['signature_missing', 'signature_invalid'],
  // The token of the subscription is as good as a signature.
  'GET /webhook/messenger': ['signature_invalid'],
};

export const refusalsOfHeaders: Readonly<Record<string, readonly string[]>> = {
  'Idempotency-Key': ['idempotency_key_invalid'],
  'X-Stainless-Retry-Count': ['validation_failed'],
  'Tus-Resumable': ['tus_version_unsupported'],
  'Upload-Length': ['validation_failed'],
  'Upload-Offset': ['validation_failed'],
  'Upload-Metadata': ['validation_failed'],
};

interface Fault {
  readonly where: string;
  readonly field: string;
}

/** Browsers are told nothing: whatever they report is received. */
export const takesAnyBody = ({ name }: Operation): boolean => name === 'POST /api/v1/csp-report';

/** What the description forbids and the service takes on purpose. */
export function tolerated(operation: Operation, { where, field }: Fault, body: unknown): boolean {
  // An unknown device token, or one that cannot be one, is that of no device: nobody is kept from signing in by it.
  if (where === 'header' && field === 'X-Device-Token') return true;
  // An id that cannot be one of ours is that of no event: the stream begins at its beginning.
  if (where === 'header' && field === 'Last-Event-ID') return true;
  if (where === 'body' && takesAnyBody(operation)) return true;
  // Null is what some programs send for a body that they leave out.
  return where === 'body' && body === null && !operation.needsBody;
}

/** Blanks around an e-mail address are no part of it: people paste them. */
export const withoutBlanks = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && 'email' in body && typeof body.email === 'string'
    ? { ...body, email: body.email.trim() }
    : body;

/** Operations that end every token of their caller: each request of them needs a caller of its own. */
export const endsItsCaller = ({ name }: Operation): boolean => name === 'POST /api/v1/auth/logout';

/** Codes of requests that were not understood: never the answer to a described one. */
export const unreadable: readonly string[] = [
  'bad_request',
  'host_missing',
  'url_invalid',
  'query_invalid',
  'method_override_refused',
  'json_invalid',
  'json_too_complex',
  'idempotency_key_invalid',
  'switch_invalid',
  'multipart_invalid',
  'route_not_found',
  'method_not_allowed',
  'length_required',
  'body_too_large',
  'url_too_long',
  'content_type_unsupported',
  'content_encoding_unsupported',
];

/** Counts that no setting loosens: guesses at one account, which the requests of a large run are. */
export const countedPerAccount: readonly string[] = ['account_guesses_exceeded', 'insufficient_quota'];

export interface FieldFault {
  readonly field: string;
  readonly code: string;
}

/** A rule that no schema says, by the codes of its refusals and by the fields and operations that have it. */
interface RuleBeyond {
  readonly codes: readonly string[];
  readonly field: RegExp;
  readonly operation: RegExp;
  readonly reason: string;
}

const beyond: readonly RuleBeyond[] = [
  {
    codes: ['too_short', 'too_long', 'too_common', 'contains_context'],
    field: /^(new_)?password$/,
    operation: /\/auth\//,
    reason:
      'how easily a password is guessed depends on all of it and on the account; its length is that of its normal form',
  },
  {
    codes: ['blank'],
    field: /^(name|note|reason|prompt|amount|title|message)$/,
    operation: /./,
    reason:
      'a text has to say something, and which characters are visible is a table; an adjustment is not by nothing',
  },
  {
    codes: ['empty'],
    field: /^body$/,
    operation: /^PUT /,
    reason: 'a change has to change something, and null counts as omitted',
  },
  {
    codes: ['is_ip', 'is_address_range'],
    field: /^(address|addresses|source_ip)$/,
    operation: /./,
    reason: 'the formats of addresses know no range',
  },
  {
    codes: ['unknown_field', 'out_of_bounds', 'unsupported', 'missing', 'ambiguous'],
    field: /^(parameters\..*|negative_prompt|reference_image(_url)?)$/,
    operation: /\/generations/,
    reason: 'each model has a schema of its own, which GET /models/{id} shows',
  },
  {
    codes: ['missing', 'ambiguous', 'unsupported', 'malformed', 'max_length'],
    field: /^(message|messages|id|messageId)$/,
    operation: /\/chat$/,
    reason: 'one of two forms is sent, and of that of the AI SDK the last message is read',
  },
  {
    codes: ['unknown'],
    field: /^(origins|model)$/,
    operation: /\/admin\/agents/,
    reason: 'which origins and models there are is the configuration',
  },
  {
    codes: ['openai'],
    field:
      /^(messages|tools|tool_choice|stop|response_format|stream_options|store|logprobs|input|text|reasoning|background|size|parameters|prompt)(\..*)?$/,
    operation: /\/openai\//,
    reason: 'fields of several shapes are read by what stands in them; each model has sizes of its own',
  },
  {
    codes: ['range'],
    field: /^from$/,
    operation: /\/usage$/,
    reason: 'the first day comes before the last, and not too long before it',
  },
  {
    codes: ['not_public'],
    field: /^url$/,
    operation: /\/webhook-endpoints$/,
    reason: 'which hosts are public is a table of names and addresses',
  },
  {
    codes: ['invalid'],
    field: /^Upload-Metadata$/,
    operation: /\/storage\/uploads$/,
    reason: 'Base64 of UTF-8 has no pattern, and no key stands twice',
  },
  {
    codes: ['unchanged'],
    field: /^email$/,
    operation: /email-change$/,
    reason: 'the address of the account is no other address',
  },
];

export const isBeyondSchemas = ({ name }: Operation, { field, code }: FieldFault): boolean =>
  beyond.some((rule) => rule.codes.includes(code) && rule.field.test(field) && rule.operation.test(name));

/** How much a file may have is the configuration, and how much an upload still takes is what was said when it was begun. */
export const isRefusedForSize = ({ path }: Operation, code: string): boolean =>
  path.startsWith('/api/v1/storage/uploads') && code === 'body_too_large';

/** Whether an answer is what the operation itself says: a success or a refusal of its own. */
export const isPastGuards = ({
  status,
  json,
}: {
  readonly status: number;
  readonly json: { readonly code?: string } | undefined;
}): boolean =>
  status < 500 &&
  status !== 429 &&
  // A refusal of HEAD has no code: what is not there was asked for by whoever may.
  (json !== undefined || status < 400 || status === 404) &&
  !beforeValidation.includes(json?.code ?? '') &&
  !unreadable.includes(json?.code ?? '');
