import { catalogue, type ProblemCode } from '../errors/catalogue.js';
import { requestLimits } from '../../config/policy/perimeter/http.js';
import { countSchema, freeText, uuidSchema } from '../perimeter/output/properties.js';

const codes = Object.keys(catalogue) as ProblemCode[];

const fieldFault = {
  type: 'object',
  required: ['field', 'code', 'message'],
  properties: {
    field: {
      type: 'string',
      maxLength: 512,
      pattern: freeText,
      description: 'The path of the field, with dots between its parts.',
      example: 'email',
    },
    code: {
      type: 'string',
      maxLength: 64,
      pattern: '^[a-z0-9_]+$',
      description: 'The rule that it breaks.',
      example: 'is_email',
    },
    message: { type: 'string', maxLength: 2000, pattern: freeText, example: 'email must be an email' },
  },
} as const;

/** The one schema of every error (RFC 9457); `code` is the enumeration of the catalogue. */
const problemSchema = {
  type: 'object',
  description: 'A problem document (RFC 9457). Branch on `code`, which is stable; its texts are for people.',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'request_id'],
  properties: {
    type: { type: 'string', format: 'uri', maxLength: 100, example: 'urn:velro:problem:not_found' },
    title: { type: 'string', maxLength: 100, pattern: freeText },
    status: { type: 'integer', format: 'int32', minimum: 400, maximum: 599 },
    detail: { type: 'string', maxLength: 300, pattern: freeText },
    instance: {
      type: 'string',
      format: 'uri',
      maxLength: 100,
      example: 'urn:uuid:0193c1f0-7d1e-7cc0-9b57-2f7de54aa001',
    },
    code: {
      type: 'string',
      enum: codes,
      // More of them break no client (tools/docs/compare/).
      'x-extensible': true,
      description: 'Later versions add codes: treat an unknown one by its status.',
    },
    request_id: { type: 'string', ...uuidSchema, description: 'Name it when you report the error.' },
    errors: {
      type: 'array',
      maxItems: requestLimits.maxErrorsListed,
      items: { $ref: '#/components/schemas/FieldFault' },
      description: 'With `validation_failed`: which fields, and why.',
    },
    required: { ...countSchema, description: 'With `credits_insufficient`: what it costs.' },
    available: { ...countSchema, description: 'With `credits_insufficient`: what can be spent.' },
    debug: {
      type: 'string',
      maxLength: 100_000,
      pattern: freeText,
      description: 'The cause; in development only.',
    },
  },
} as const;

/** The error of the routes that clients of OpenAI call. */
const openAiErrorSchema = {
  type: 'object',
  description: 'An error as OpenAI writes it. The request is named by the header X-Request-Id.',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['message', 'type', 'param', 'code'],
      properties: {
        message: { type: 'string', maxLength: 50_000, pattern: freeText },
        type: {
          type: 'string',
          enum: ['invalid_request_error', 'server_error', 'requests', 'insufficient_quota'],
          'x-extensible': true,
        },
        param: { type: ['string', 'null'], maxLength: 512, pattern: freeText },
        code: { type: 'string', maxLength: 64, pattern: '^[a-z0-9_]+$' },
        debug: {
          type: 'string',
          maxLength: 100_000,
          pattern: freeText,
          description: 'The cause; in development only.',
        },
      },
    },
  },
} as const;

export const problemSchemas = {
  Problem: problemSchema,
  FieldFault: fieldFault,
  OpenAiError: openAiErrorSchema,
};

const requestId = '0193c1f0-7d1e-7cc0-9b57-2f7de54aa001';

/** The document of a code as a client receives it. */
function exampleOf(code: ProblemCode): object {
  const { status, title, detail } = catalogue[code];
  return {
    type: `urn:velro:problem:${code}`,
    title,
    status,
    detail,
    instance: `urn:uuid:${requestId}`,
    code,
    request_id: requestId,
    ...(code === 'validation_failed'
      ? { errors: [{ field: 'email', code: 'is_email', message: 'email must be an email' }] }
      : {}),
    ...(code === 'credits_insufficient' ? { required: 5, available: 2 } : {}),
  };
}

/** One example for each code, which the answers of operations name. */
export const problemExamples = (used: ReadonlySet<ProblemCode>): Record<string, object> =>
  Object.fromEntries(
    codes
      .filter((code) => used.has(code))
      .map((code) => [code, { summary: catalogue[code].title, value: exampleOf(code) }]),
  );
