/** Patterns that must not appear in a log: secrets of ours, e-mail addresses and credentials. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/\b[\w-]{10,}\.[\w-]{10,}\.[\w-]{20,}/g, '[token]'],
  [/\bvelro_[\w-]{8,}/g, '[key]'],
  [/\bsb_(?:secret|publishable)_[\w-]+/g, '[key]'],
  [/\bwhsec_[\w+/=-]+/g, '[key]'],
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'@/]+@[^\s"']+/gi, '[url with credentials]'],
  [/[^\s"'<>(),;:]{1,64}@[^\s"'<>(),;:]{1,255}\.[a-z]{2,}/gi, '[e-mail]'],
];

/** Characters read beyond the limit: a secret that begins before it is recognised by its whole length. */
const beyond = 2048;

/** Replaces secrets in a text and returns at most `limit` characters; what is read is bounded too, and so the time. */
export function redact(text: string, limit = 300): string {
  const read = text.slice(0, limit + beyond);
  return patterns.reduce((left, [pattern, mark]) => left.replace(pattern, mark), read).slice(0, limit);
}
