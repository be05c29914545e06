import { Malformed, parseList, type Parser } from './parse-values.js';

/** A URL of one of `protocols` (each with its colon), or null. Blanks and control characters are refused. */
export function parseUrl(text: string, protocols: readonly string[]): URL | null {
  const trimmed = text.trim();
  if (/\s/.test(trimmed) || !URL.canParse(trimmed)) return null;
  const url = new URL(trimmed);
  return protocols.includes(url.protocol) && url.hostname !== '' ? url : null;
}

const web = ['https:', 'http:'];

const plain = (url: URL): boolean =>
  url.username === '' && url.password === '' && url.search === '' && url.hash === '';

/** `https://host[:port]`, returned without the trailing slash. */
export const parseWebOrigin: Parser<string> = (text) => {
  const url = parseUrl(text, web);
  return url !== null && plain(url) && url.pathname === '/'
    ? url.origin
    : new Malformed(
        'is not the address of a site',
        'Write scheme, host and port alone: https://api.your-domain.',
      );
};

/** A base URL that may have a path, returned without the trailing slash. */
export const parseBaseUrl: Parser<string> = (text) => {
  const url = parseUrl(text, web);
  return url !== null && plain(url)
    ? url.href.replace(/\/$/, '')
    : new Malformed('is not a web address', 'Write scheme, host and path, without credentials or a query.');
};

/** A URL that may contain a token in its path or query, and so is a secret itself. */
export const parseSecretUrl =
  (...protocols: readonly string[]): Parser<string> =>
  (text) =>
    parseUrl(text, protocols) === null
      ? new Malformed(
          `is not an address that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
          'Write the whole address, percent-encoding special characters in its password.',
        )
      : text.trim();

/** Refuses an address with a user or a password in it: the client that it is for takes none. */
export const withoutCredentials =
  (parse: Parser<string>): Parser<string> =>
  (text) => {
    const parsed = parse(text);
    if (typeof parsed !== 'string') return parsed;
    const { username, password } = new URL(parsed);
    return username === '' && password === ''
      ? parsed
      : new Malformed('has a user or a password in it', 'Write the address without; the body is signed.');
  };

/** Whether what stands for user and password in a URL is percent-encoded as it should be, and can be decoded. */
export function hasReadableCredentials({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username);
    decodeURIComponent(password);
    return true;
  } catch {
    return false;
  }
}

/** Origins exactly as browsers send them; patterns that match more than one site are refused. */
export const parseOrigins: Parser<readonly string[]> = (text) => {
  const entries = parseList(text);
  if (entries === null) {
    return new Malformed(
      'is neither a comma list nor a JSON array of origins',
      'Write https://app.your-domain,https://www.your-domain.',
    );
  }
  const origins: string[] = [];
  for (const entry of entries) {
    if (entry.includes('*') || entry.toLowerCase() === 'null') {
      return new Malformed(
        'lets sites in that you do not know: a wildcard or null',
        'Name each origin in full: https://app.your-domain.',
      );
    }
    const url = parseUrl(entry, web);
    if (url?.origin !== entry.toLowerCase()) {
      return new Malformed(
        'has an entry that is no exact origin',
        'Write scheme, host and an unusual port alone: no path, no slash at the end, no credentials.',
      );
    }
    if (!origins.includes(url.origin)) origins.push(url.origin);
  }
  return origins;
};
