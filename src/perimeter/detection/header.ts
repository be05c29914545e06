import { injectedLine } from './text/lines.js';

export const strongNames = [
  String.raw`set-cookie2?`,
  String.raw`content-(?:type|length|security-policy|disposition|encoding)`,
  String.raw`transfer-encoding`,
  String.raw`access-control-[\w-]+`,
  String.raw`strict-transport-security`,
  String.raw`www-authenticate`,
  String.raw`x-[a-z][\w-]*`,
  String.raw`last-modified`,
  String.raw`cache-control`,
  String.raw`authorization`,
  String.raw`bcc`,
];
const strong = new RegExp(`^(?:${strongNames.join('|')})\\s*:`, 'iu');
export const weakNames = [
  String.raw`location`,
  String.raw`refresh`,
  String.raw`host`,
  String.raw`link`,
  String.raw`status`,
  String.raw`cookie`,
  String.raw`referer`,
  String.raw`origin`,
  String.raw`server`,
  String.raw`via`,
  String.raw`etag`,
  String.raw`vary`,
];
const weak = new RegExp(`^(?:${weakNames.join('|')})\\s*:`, 'iu');
export const mailNames = [
  String.raw`b?cc`,
  String.raw`to`,
  String.raw`subject`,
  String.raw`reply-to`,
  String.raw`from`,
  String.raw`content-type`,
  String.raw`mime-version`,
];
const mail = new RegExp(`^(?:${mailNames.join('|')})\\s*:`, 'iu');
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
