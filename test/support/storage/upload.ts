import type { Answer } from '../http/http.js';
import type { Account } from '../process/service.js';

const boundary = 'edge-of-parts';
const formType = `multipart/form-data; boundary=${boundary}`;

export interface SentFile {
  /** Default: `file`. */
  readonly field?: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

/** A form as browsers write it: quotes in names are written as `%22`. */
export function formOf(files: readonly SentFile[], fields: Readonly<Record<string, string>> = {}): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of Object.entries(fields))
    parts.push(
      Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
    );
  for (const { field = 'file', name, type, bytes } of files) {
    const shown = name.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="${field}"; filename="${shown}"\r\ncontent-type: ${type}\r\n\r\n`;
    parts.push(Buffer.from(head), bytes, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
}

/** Uploads a file, or a form as it is. */
export const uploadBy = (who: Account, sent: SentFile | Buffer): Promise<Answer> => {
  const raw = Buffer.isBuffer(sent) ? sent : formOf([sent]);
  return who.visitor.call('/api/v1/storage/upload', {
    method: 'POST',
    token: who.token,
    raw,
    headers: { 'content-type': formType, 'content-length': String(raw.length) },
  });
};
