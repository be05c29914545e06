import type { FastifyRequest } from 'fastify';
import { Problem } from '../../errors/problem.js';
import { BodyPace } from './body-pace.js';
import { isMultipart, isReadablePart, multipartRefusal, nameOf } from './multipart.js';

/** What a form says of its file; nothing of it is verified. */
export interface SaidOfFile {
  readonly name: string;
  /** `application/octet-stream` where the part names no type. */
  readonly declaredType: string;
}

/**
 * Reads a form that is one file and nothing else, without holding it: `take` is given its bytes as they come, and the next ones after it.
 * @throws Problem `content_type_unsupported`, `multipart_invalid`, `body_too_large`, `validation_failed`, `request_timeout`; what `take` throws
 */
export async function readMultipartFile(
  request: FastifyRequest,
  field: string,
  take: (piece: Buffer) => Promise<void>,
): Promise<SaidOfFile> {
  if (!isMultipart(request)) throw new Problem('content_type_unsupported');
  const found: SaidOfFile[] = [];
  const seen = new Set<string>();
  const faults: Problem[] = [];
  const pace = new BodyPace();
  let bytes = 0;
  for await (const part of pace.of(explained(request.parts()))) {
    if (part.type !== 'file' || !isReadablePart(part) || seen.has(part.fieldname))
      throw new Problem('multipart_invalid');
    seen.add(part.fieldname);
    const name = nameOf(part);
    // A part without a name is a field of text. What follows it is read all the same: it may be worse.
    const isFile = part.fieldname === field && name !== undefined;
    if (isFile) found.push({ name, declaredType: part.mimetype });
    else faults.push(unexpected(part.fieldname, field));
    for await (const piece of pace.of(explained<Buffer>(part.file))) {
      if (!isFile) continue;
      bytes += piece.length;
      await take(piece);
    }
    if (part.file.truncated) throw new Problem('body_too_large');
  }
  if (faults[0] !== undefined) throw faults[0];
  // A form in which no file was chosen has an empty one.
  const [said] = found;
  if (said === undefined || bytes === 0) throw missing(field);
  return said;
}

/** The same, whose errors are refusals: whoever takes what it gives has errors of its own. */
async function* explained<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* source;
  } catch (error) {
    throw multipartRefusal(error);
  }
}

const missing = (field: string): Problem =>
  new Problem('validation_failed', {
    errors: [{ field, code: 'required', message: 'must be a file with content' }],
  });

const unexpected = (sent: string, field: string): Problem =>
  sent === field
    ? missing(field)
    : new Problem('validation_failed', {
        errors: [
          {
            field: sent.replaceAll(/[^\w-]/g, '?').slice(0, 64),
            code: 'unknown_field',
            message: 'is not a field of this request',
          },
        ],
      });
