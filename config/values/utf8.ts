import { TextDecoder } from 'node:util';

/** The text of strict UTF-8, a byte-order mark included; null for other bytes, which must not turn into replacement signs. */
export function decodeUtf8(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
