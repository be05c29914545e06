import { resumablePolicy } from '../../../../config/policy/generations/uploads.js';
import { decodeUtf8 } from '../../../../config/values/utf8.js';

/** What `Upload-Metadata` says of the file: empty where it does not. */
export interface UploadMetadata {
  readonly name: string;
  readonly declaredType: string;
}

/**
 * Reads `Upload-Metadata` of tus: pairs of a key and its value in Base64, separated by commas. Other keys are passed over. Null when it cannot
 * be read, or names a key twice.
 */
export function parseMetadata(header: string | undefined): UploadMetadata | null {
  if (header === undefined) return { name: '', declaredType: '' };
  if (header.length > resumablePolicy.metadataCharacters) return null;
  const values = new Map<string, string>();
  for (const pair of header.split(',')) {
    const [key = '', value = '', ...more] = pair.trim().split(' ');
    const bytes = Buffer.from(value, 'base64');
    const text = bytes.toString('base64') === value ? decodeUtf8(bytes) : null;
    if (!/^[\x21-\x7e]+$/.test(key) || values.has(key) || more.length > 0 || text === null) return null;
    values.set(key, text);
  }
  return { name: values.get('filename') ?? '', declaredType: values.get('filetype') ?? '' };
}
