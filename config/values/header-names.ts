import { Malformed, parseList, type Parser } from './parse-values.js';
import { Secret } from './secret.js';

/** A field name of RFC 9110 (`token`); `*` alone would allow every header to browsers. */
const fieldName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;

/** Names of request headers, each once, however it is cased. */
export const parseHeaderNames: Parser<readonly string[]> = (text) => {
  const entries = parseList(text, 50);
  if (entries === null) {
    return new Malformed(
      'is neither a comma list nor a JSON array of header names',
      'Write X-Request-Source,X-Client-Version.',
    );
  }
  const names = new Map<string, string>();
  for (const entry of entries) {
    if (entry === '*' || !fieldName.test(entry)) {
      return new Malformed(
        'has an entry that is no header name',
        'Name each header in full: X-Client-Version.',
      );
    }
    const known = entry.toLowerCase();
    if (!names.has(known)) names.set(known, entry);
  }
  return [...names.values()];
};

const header = /^\s*([\w!#$%&'*+.^`|~-]{1,100})\s*=\s*([\x21-\x7e]{1,4000})\s*$/;
const mostHeaders = 10;

/** Names with values, `name=value,name=value`, the values percent-encoded (OpenTelemetry, Baggage); null where it is none. */
export function readHeaders(text: string): readonly (readonly [name: string, value: Secret])[] | null {
  const parts = text.split(',');
  if (parts.length > mostHeaders) return null;
  const read: (readonly [string, Secret])[] = [];
  for (const part of parts) {
    const [, name, value] = header.exec(part) ?? [];
    if (name === undefined || value === undefined) return null;
    try {
      const plain = decodeURIComponent(value);
      if (!/^[\x20-\x7e]+$/.test(plain)) return null;
      read.push([name.toLowerCase(), new Secret(plain)]);
    } catch {
      return null;
    }
  }
  return read;
}

/** The text of headers, checked. */
export const parseHeaders: Parser<string> = (text) =>
  readHeaders(text) === null
    ? new Malformed(
        'are no headers',
        'Write name=value, further ones behind a comma, the values percent-encoded.',
      )
    : text;
