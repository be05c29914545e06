import type { FastifyRequest } from 'fastify';

export interface BasicCredentials {
  readonly user: string;
  readonly password: string;
}

/** Longer credentials are refused. */
const maxCharacters = 1024;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Number of Authorization lines: Node shows only the first, while a proxy may have checked the last. */
export function authorizationLines({ raw: { rawHeaders } }: FastifyRequest): number {
  let lines = 0;
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (rawHeaders[at]?.toLowerCase() === 'authorization') lines++;
  return lines;
}

/** User and password of RFC 7617, in UTF-8 and without control characters; null for any other form. */
export function readBasic(authorization: string): BasicCredentials | null {
  if (authorization.length > maxCharacters) return null;
  const [, encoded] = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(authorization) ?? [];
  if (encoded === undefined) return null;
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.toString('base64') !== encoded) return null;
  const text = decode(bytes);
  const colon = text?.indexOf(':') ?? -1;
  // RFC 7617, section 2.
  if (text === null || colon === -1 || /[\u0000-\u001f\u007f]/.test(text)) return null;
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

function decode(bytes: Buffer): string | null {
  try {
    return utf8.decode(bytes).normalize('NFC');
  } catch {
    return null;
  }
}
