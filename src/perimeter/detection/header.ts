import { injectedLine } from './text/lines.js';

const strong =
  /^(?:set-cookie2?|content-(?:type|length|security-policy|disposition|encoding)|transfer-encoding|access-control-[\w-]+|strict-transport-security|www-authenticate|x-[a-z][\w-]*|last-modified|cache-control|authorization|bcc)\s*:/iu;
const weak = /^(?:location|refresh|host|link|status|cookie|referer|origin|server|via|etag|vary)\s*:/iu;
const mail = /^(?:b?cc|to|subject|reply-to|from|content-type|mime-version)\s*:/iu;
const request = /^(?:GET|POST|PUT|DELETE|HEAD|PATCH)\s+\/\S*\s+HTTP\/1|^HTTP\/[12]/u;

/** Whether a text looks like header injection: lines that would split an HTTP or mail header. */
export function looksLikeHeader(text: string, encoded: boolean): boolean {
  return injectedLine(text, encoded, (all, at, first) => {
    const line = all.slice(at, at + 64);
    if (request.test(line) || strong.test(line)) return encoded || !startsLikeHeader(all, first);
    const isCrLf = all.charCodeAt(first) === 13 && all.charCodeAt(first + 1) === 10;
    if (weak.test(line)) {
      return encoded || ((isCrLf || /^\w+:\s*(?:https?:)?\/\//u.test(line)) && !startsLikeHeader(all, first));
    }
    if (mail.test(line))
      return (
        /@\S+$/u.test(all.slice(Math.max(0, first - 128), first)) ||
        (encoded && !/^(?:to|from|subject)/iu.test(line))
      );
    // An empty line ends the headers; markup behind it would be the page.
    const isBody = at >= first + 3 && /^<(?:html|script|svg|body|img|!doctype)/iu.test(line);
    return isBody && (encoded || isCrLf);
  });
}

/** A pasted message begins with a header or a status line of its own. */
function startsLikeHeader(text: string, first: number): boolean {
  return /^(?:HTTP\/|[A-Za-z-]+:(?!\/\/))/u.test(text.slice(0, Math.min(first, 40)));
}
