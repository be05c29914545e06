import multipart, { type Multipart } from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { multipartLimits, multipartPaths } from '../../../config/policy/perimeter/http.js';
import { Problem } from '../../errors/problem.js';
import { toProblem } from '../../errors/to-problem.js';

const mediaType = /^multipart\/form-data\b/i;
const { overhead, ...limits } = multipartLimits;
const paths: ReadonlySet<string | undefined> = new Set(multipartPaths);

export interface MultipartBody {
  /** Text fields by name, each once. */
  readonly fields: Readonly<Record<string, string>>;
  /** The bytes of the files by field name. */
  readonly files: ReadonlyMap<string, Buffer>;
}

/** Accepts multipart bodies on the routes that take files; elsewhere they are refused before being read. */
export async function acceptMultipart(server: FastifyInstance, maxFileBytes: number): Promise<void> {
  await server.register(multipart, {
    throwFileSizeLimit: true,
    limits: { ...limits, fileSize: maxFileBytes },
  });
  server.addHook('preParsing', (request, _reply, _payload, done) => {
    done(isMultipart(request) ? faultOf(request, maxFileBytes + overhead) : null);
  });
}

/** Checked before a byte is read: the route takes files, and the length is declared. No more than that is read. */
function faultOf({ headers, routeOptions }: FastifyRequest, maxBytes: number): Problem | null {
  if (!paths.has(routeOptions.url)) return new Problem('content_type_unsupported');
  const length = headers['content-length'];
  if (length === undefined) return new Problem('length_required');
  return Number(length) <= maxBytes ? null : new Problem('body_too_large');
}

export const isMultipart = ({ headers }: FastifyRequest): boolean =>
  mediaType.test(headers['content-type'] ?? '');

/**
 * Reads the whole body, within the server's bounds. `fileNames`: the only fields that may be files, whatever a part
 * declares.
 * @throws Problem `multipart_invalid`, `body_too_large`, `validation_failed`
 */
export async function readMultipart(
  request: FastifyRequest,
  fileNames: readonly string[],
): Promise<MultipartBody> {
  const fields = new Map<string, string>();
  const files = new Map<string, Buffer>();
  try {
    for await (const part of request.parts()) {
      if (fields.has(part.fieldname) || files.has(part.fieldname)) throw new Problem('multipart_invalid');
      if (part.type === 'file') files.set(part.fieldname, await bytesOf(part, fileNames));
      else fields.set(part.fieldname, textOf(part));
    }
  } catch (error) {
    throw refusal(error);
  }
  return { fields: Object.fromEntries(fields), files };
}

async function bytesOf(
  part: Extract<Multipart, { type: 'file' }>,
  fileNames: readonly string[],
): Promise<Buffer> {
  if (fileNames.includes(part.fieldname)) return part.toBuffer();
  throw new Problem('validation_failed', {
    errors: [
      {
        field: part.fieldname.replaceAll(/[^\w-]/g, '?').slice(0, 64),
        code: 'unknown_field',
        message: 'is not a file of this request',
      },
    ],
  });
}

function textOf(part: Extract<Multipart, { type: 'field' }>): string {
  if (part.valueTruncated || part.fieldnameTruncated) throw new Problem('body_too_large');
  // A part declared as JSON has been parsed already.
  const value = typeof part.value === 'string' ? part.value : JSON.stringify(part.value ?? null);
  if (part.fieldname in Object.prototype || !value.isWellFormed() || value.includes('\0'))
    throw new Problem('multipart_invalid');
  return value;
}

const tooLarge = new Set([
  'FST_REQ_FILE_TOO_LARGE',
  'FST_FILES_LIMIT',
  'FST_FIELDS_LIMIT',
  'FST_PARTS_LIMIT',
]);

function refusal(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && tooLarge.has(code)) return new Problem('body_too_large', { cause: error });
  const known = toProblem(error);
  return known.status < 500 && known.code !== 'bad_request'
    ? known
    : new Problem('multipart_invalid', { cause: error });
}
