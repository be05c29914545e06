import { isUtf8 } from 'node:buffer';

/**
 * The text of bytes in UTF-8, a byte-order mark included; null when they are not. A lenient decoder would replace what it cannot
 * read, and the replacement would be taken for what was sent.
 */
export const decodeUtf8 = (bytes: Buffer): string | null => (isUtf8(bytes) ? bytes.toString('utf8') : null);
