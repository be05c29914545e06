import { tokens, type Finding } from './finding.js';
import { scan } from './scanner.js';

/**
 * The text with `[EMAIL_REDACTED]`, `[PHONE_REDACTED]`, `[CARD_REDACTED]`, `[IBAN_REDACTED]`, `[SSN_REDACTED]`, `[IP_REDACTED]`,
 * `[TOKEN_REDACTED]`, `[KEY_REDACTED]` and `[CREDENTIALS_REDACTED]` in place of what it found. Never throws.
 */
export const redact = (text: string): string => replaced(text, ({ kind }) => `[${tokens[kind]}]`);

/** Characters read beyond the limit: a secret that begins before it is recognised by its whole length. */
const beyond = 2048;

/** As `redact`, at most `limit` characters of it; what is read is bounded too, and so the time. For lines of the log. */
export const redactWithin = (text: string, limit = 300): string =>
  redact(text.slice(0, limit + beyond)).slice(0, limit);

/** A text with something else in place of each finding. */
export function replaced(text: string, by: (finding: Finding) => string): string {
  const findings = scan(text);
  if (findings.length === 0) return text;
  let result = '';
  let from = 0;
  for (const finding of findings) {
    result += text.slice(from, finding.begin) + by(finding);
    from = finding.end;
  }
  return result + text.slice(from);
}
