import { signs } from './text/characters.js';
import { injectedLine } from './text/lines.js';
import { spend } from './text/work.js';

const level = 'INFO|WARN|WARNING|ERROR|DEBUG|FATAL|TRACE|CRITICAL|NOTICE|SEVERE|ALERT|EMERG';
/** Beginnings of an entry of a log. */
export const entries = [
  `^\\[?(?:${level})\\]?(?:[\\s:\\-\\]]|$)`,
  '^\\[?\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d',
  '^\\d\\d:\\d\\d:\\d\\d[.,]\\d{3}\\b',
  '^\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3} - ',
  '^(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \\d]\\d \\d\\d:\\d\\d:\\d\\d ',
  '^\\{\\s*"(?:level|time|timestamp|msg|severity)"',
  '^(?:level|time|ts|severity)=["\\w]',
  '^<\\d{1,3}>1? ',
];
const entry = new RegExp(entries.join('|'), 'u');
/** Lookups that a logger resolves, also when letters of their names are lookups themselves. */
const lookup =
  /^\{\s*(?:jndi|lower|upper|env|sys|ctx|java|date|main|web|docker|k8s|base64|bundle|log4j|marker|map|sd|spring|event)\s*:|^\{\s*:{1,2}-|^\{\w{0,8}\$\{(?:\w+)?:/iu;

/** A pasted conversation: a name, and in the next line the time of what it said. A log writes a level behind the time. */
const isChat = (line: string): boolean => date.test(line) && !levels.test(line);
const date = /^\[?\d{4}-\d\d-\d\d/u;
const levels = new RegExp(`\\b(?:${level})\\b`, 'u');

const lookupUnits = 150;

/** Whether a text looks like log injection: forged lines, terminal sequences, and lookups that a logger executes. */
export function looksLikeLog(text: string, encoded: boolean): boolean {
  for (let index = 0; index < signs.count(); index++) {
    const at = signs.at(index);
    const code = text.charCodeAt(at);
    const next = text.charCodeAt(at + 1);
    if (code === 27 || code === 0x9b) {
      if (next === 91 || next === 93 || code === 0x9b) return true;
    } else if (code === 8 && next === 8) return true;
    else if (code === 36 && next === 123 && spend(lookupUnits) && lookup.test(text.slice(at + 1, at + 32)))
      return true;
  }
  return injectedLine(text, encoded, (all, at, first) => {
    const head = all.slice(0, Math.min(first, 64));
    const line = all.slice(at, at + 48);
    if (!entry.test(line)) return false;
    return encoded || (!(entry.test(head) || head.endsWith(':')) && !isChat(line));
  });
}
