import { Malformed, parseList, type Parser } from './parse-values.js';

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
