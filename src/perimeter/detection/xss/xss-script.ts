import { spend } from '../text/work.js';

/** What injected script calls or reads. */
export const sinks = [
  String.raw`\b(?:alert|confirm|prompt|eval|atob|fetch|import|setTimeout|setInterval|Function|msgbox|write)\s*(?:\(|${'`'}|&lpar;|\/\*)`,
  String.raw`\bdocument\s*\.\s*(?:cookie|domain|write|location|body|head|documentElement|getElement|createElement|URL)`,
  String.raw`\blocation\s*(?:=|\.)`,
  String.raw`\bfromCharCode`,
  String.raw`javascript:`,
  String.raw`localStorage`,
  String.raw`\bconstructor\b`,
  String.raw`innerHTML`,
  String.raw`\b(?:top|self|window|parent|frames|globalThis)\s*\[`,
  String.raw`\bwindow\s*\.`,
  String.raw`\.\s*src\s*=`,
  String.raw`XMLHttpRequest`,
  String.raw`ActiveXObject`,
  String.raw`\bnew\s+Image`,
  String.raw`\b(?:alert|prompt|confirm)\b\s*,`,
  String.raw`=\s*(?:alert|prompt|confirm)\b`,
  String.raw`getElementById`,
];
const sink = new RegExp(sinks.join('|'), 'iu');

/** Units of work for a character of a window: most places try most alternatives. */
const sinkUnitsPerChar = 30;

export function hasSink(text: string, from: number, to: number): boolean {
  if (!spend((to - from) * sinkUnitsPerChar)) return false;
  return sink.test(text.slice(from, to));
}

const call =
  /^[\s;)}\],*+\-/|&^]*(?:[a-z]\s*=\s*)?(?:(?:alert|confirm|prompt|eval|fetch|import)\s*[(`,]|(?:document|window)\s*\.\s*\w|location\s*[.=])/iu;

/** The first quote of a text, and behind it the end of a statement or an operator and a call: `';alert(1)//`. */
export function breaksScript(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  const breaks =
    next === 59 ||
    next === 45 ||
    next === 43 ||
    next === 42 ||
    next === 41 ||
    next === 44 ||
    next === 125 ||
    next === 47 ||
    next === 32 ||
    next === 93;
  if (!breaks || at > 200) return false;
  const after = text.slice(at + 1, at + 40);
  return /^\s*[;\-+*/)}\],|&^]/u.test(after) && call.test(after);
}

const schemes: readonly string[] = ['javascript', 'vbscript', 'livescript', 'mocha'];

/** Whether the colon ends a scheme that runs what follows: `javascript:`, also with white space and comments inside. */
export function isRunnableUrl(text: string, at: number, inTag: boolean): boolean {
  const last = text.charCodeAt(at - 1);
  if ((last | 32) === 97 && isData(text, at, inTag)) return true;
  const named = schemes.find((scheme) => wordBefore(text, at, scheme));
  if (named === undefined) return false;
  const after = text.slice(at + 1, at + 64);
  if (/^\s*(?:void\s*\(?\s*0\s*\)?|;|["'])/iu.test(after)) return false;
  return inTag ? /^\s*\S/u.test(after) : /^[^\s"')\]]*[(`=[\\/%<]/u.test(after) && !/^\/\/\s/u.test(after);
}

/** A `data:` URL with markup or script. */
function isData(text: string, at: number, inTag: boolean): boolean {
  if (text.slice(at - 4, at).toLowerCase() !== 'data') return false;
  const before = text.charCodeAt(at - 5);
  const beginsValue =
    at === 4 || before === 61 || before === 34 || before === 39 || before === 40 || before === 96;
  if (!beginsValue || !(inTag || at === 4)) return false;
  return (
    /^\s*(?:text\/(?:html|javascript|plain|xml)|application\/(?:javascript|xhtml))?[^\s]{0,40}?[,;]/iu.test(
      text.slice(at + 1, at + 64),
    ) && !/^\s*(?:image|font|audio|video)\//iu.test(text.slice(at + 1, at + 12))
  );
}

/** Whether a word ends before this place, read backwards over control characters, backslashes and comments. */
export function wordBefore(text: string, at: number, word: string): boolean {
  let next = at - 1;
  for (let letter = word.length - 1; letter >= 0; letter--) {
    let skipped = 0;
    while (skipped++ < 24) {
      const code = text.charCodeAt(next);
      if (code < 32 || code === 92 || (code === 32 && letter === word.length - 1)) next--;
      else if (code === 47 && text.charCodeAt(next - 1) === 42) next = beforeComment(text, next);
      else break;
    }
    if ((text.charCodeAt(next) | 32) !== word.charCodeAt(letter)) return false;
    next--;
  }
  return true;
}

/** The place before a comment that ends here, if it is a short one. */
function beforeComment(text: string, at: number): number {
  const open = text.slice(Math.max(0, at - 24), at).lastIndexOf('/*');
  return open < 0 ? at - 2 : Math.max(0, at - 24) + open - 1;
}
