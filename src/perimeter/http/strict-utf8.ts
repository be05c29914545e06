import { isUtf8 } from 'node:buffer';

/**
 * The text of bytes in UTF-8, or null when they are not: a lenient decoder would replace what it cannot read, and the
 * replacement would be stored and paid for.
 */
export const decodeUtf8 = (bytes: Buffer): string | null => (isUtf8(bytes) ? bytes.toString('utf8') : null);
