import multipart, { type MultipartFile } from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { multipartLimits, multipartPaths } from '../../../config/policy/perimeter/http.js';
import { Problem } from '../../errors/problem.js';
import { toProblem } from '../../errors/to-problem.js';
import { parseJson } from '../http/json-body.js';
import { decodeUtf8 } from '../../../config/values/utf8.js';

const mediaType = /^multipart\/form-data\b/i;
const { overhead, fieldNameSize, fieldSize, fields: maxFields, files: maxFiles, ...limits } = multipartLimits;
const paths: ReadonlySet<string | undefined> = new Set(multipartPaths);

/** A file in memory; nothing that is said of it is verified. */
export interface HeldFile {
  readonly bytes: Buffer;
  readonly name: string;
  readonly declaredType: string;
}

export interface MultipartBody {
  /** Fields by name, each once: text, or what a part of type `application/json` holds. Empty ones are absent, as in forms. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly files: ReadonlyMap<string, HeldFile>;
}

/** Accepts multipart bodies on the routes that take files; elsewhere they are refused before being read. */
export async function acceptMultipart(server: FastifyInstance, maxFileBytes: number): Promise<void> {
  await server.register(multipart, {
    throwFileSizeLimit: true,
    limits: { ...limits, files: limits.parts, fileSize: maxFileBytes },
    // The parser decodes fields leniently, and by a charset that the part declares; so it hands out the bytes of all.
    isPartAFile: () => true,
    // A path is no name, and must not become one in silence.
    preservePath: true,
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
  const fields = new Map<string, unknown>();
  const seen = new Set<string>();
  const files = new Map<string, HeldFile>();
  try {
    for await (const part of request.parts()) {
      if (part.type !== 'file' || !isReadablePart(part)) throw new Problem('multipart_invalid');
      if (seen.has(part.fieldname)) throw new Problem('multipart_invalid');
      seen.add(part.fieldname);
      if (isFile(part)) {
        const bytes = await bytesOf(part, fileNames);
        // A form in which no file was chosen.
        const name = nameOf(part) ?? '';
        if (bytes.length > 0 || name !== '')
          files.set(part.fieldname, { bytes, name, declaredType: part.mimetype });
      } else {
        const value = await valueOf(part);
        if (value !== '') fields.set(part.fieldname, value);
      }
      if (seen.size > maxFields + maxFiles || files.size > maxFiles) throw new Problem('multipart_invalid');
    }
  } catch (error) {
    throw multipartRefusal(error);
  }
  return { fields: Object.fromEntries(fields), files };
}

/** Whether the names in the headers of a part could be decoded. */
export const isReadablePart = (part: MultipartFile): boolean =>
  isName(part.fieldname) && isText(nameOf(part) ?? '');

/** As HTML forms send them: a file has a name, a field has none. */
const isFile = (part: MultipartFile): boolean =>
  nameOf(part) !== undefined || part.mimetype === 'application/octet-stream';

/** Undefined for a field: the parser's types do not know that. */
export const nameOf = ({ filename }: { readonly filename?: string }): string | undefined => filename;

const isName = (name: string | undefined): boolean =>
  name !== undefined && name.length <= fieldNameSize && !(name in Object.prototype) && isText(name);

/** The parser decodes the headers of a part; U+FFFD stands where it could not. */
const isText = (text: string): boolean => !text.includes('\uFFFD') && !text.includes('\0');

async function bytesOf(part: MultipartFile, fileNames: readonly string[]): Promise<Buffer> {
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

async function valueOf(part: MultipartFile): Promise<unknown> {
  const bytes = await part.toBuffer();
  if (bytes.length > fieldSize) throw new Problem('body_too_large');
  const text = decodeUtf8(bytes);
  if (text === null || text.includes('\0')) throw new Problem('multipart_invalid');
  return part.mimetype.startsWith('application/json') ? parseJson(text) : text;
}

/** The refusal that an error of the parser stands for. */
export function multipartRefusal(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { code } = error as { code?: unknown };
  if (code === 'FST_REQ_FILE_TOO_LARGE') return new Problem('body_too_large', { cause: error });
  const known = toProblem(error);
  return known.status < 500 && known.code !== 'bad_request'
    ? known
    : new Problem('multipart_invalid', { cause: error });
}
