import type { RateLimit } from '../policy/perimeter/rate-limits.js';

/** Result of a parser for invalid text: the reason, never the text itself. */
export class Malformed {
  constructor(
    readonly reason: string,
    readonly hint: string,
  ) {}
}

export type Parser<T> = (text: string) => T | Malformed;

const flags: Readonly<Record<string, boolean>> = {
  true: true,
  '1': true,
  yes: true,
  false: false,
  '0': false,
  no: false,
};

/** `null` for anything but true, false, 1, 0, yes and no: a typo must not silently become a default. */
export function parseFlag(text: string): boolean | null {
  const word = text.trim().toLowerCase();
  return Object.hasOwn(flags, word) ? (flags[word] ?? null) : null;
}

/** Decimal digits only: no sign, exponent, fraction or hexadecimal. */
export function parseWholeNumber(text: string): number | null {
  return /^\s*\d{1,15}\s*$/.test(text) ? Number(text) : null;
}

const units: Readonly<Record<string, number>> = { '': 1, B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** Bytes, from `10485760` or `10MB`; a unit is a power of 1024. */
export function parseBytes(text: string): number | null {
  const match = /^\s*(\d{1,15}) ?(B|KB|MB|GB|KiB|MiB|GiB)?\s*$/i.exec(text);
  const unit = units[(match?.[2] ?? '').toUpperCase().replace('I', '')];
  if (match === null || unit === undefined) return null;
  const bytes = Number(match[1]) * unit;
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** A comma list, or a JSON array of strings. `null` when it is neither, or empty, or longer than `atMost`. */
export function parseList(text: string, atMost = 200): string[] | null {
  let entries: unknown[];
  if (text.trim().startsWith('[')) {
    try {
      const parsed: unknown = JSON.parse(text);
      if (!Array.isArray(parsed)) return null;
      entries = parsed;
    } catch {
      return null;
    }
  } else {
    entries = text.split(',').filter((entry) => entry.trim() !== '');
  }
  if (entries.length === 0 || entries.length > atMost) return null;
  const list: string[] = [];
  for (const entry of entries) {
    if (typeof entry !== 'string' || entry.trim() === '') return null;
    list.push(entry.trim());
  }
  return list;
}

const seconds: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3600, day: 86_400 };

/** `3/hour`. */
export const parseRate: Parser<RateLimit> = (text) => {
  const match = /^\s*(\d{1,7})\s*\/\s*(second|minute|hour|day)s?\s*$/i.exec(text);
  const limit = Number(match?.[1] ?? 0);
  const windowSeconds = seconds[(match?.[2] ?? '').toLowerCase()];
  if (windowSeconds === undefined || limit < 1 || limit > 1_000_000) {
    return new Malformed('is not a rate', 'Write a number, a slash and second, minute, hour or day: 3/hour.');
  }
  return { limit, windowSeconds };
};

/** `30`, per minute, or a full rate. */
export const parseRatePerMinute: Parser<RateLimit> = (text) => {
  const limit = parseWholeNumber(text);
  return limit === null ? parseRate(text) : parseRate(`${limit}/minute`);
};
