import type { Finder, Finding, Work } from './finding.js';
import { isDigit } from './kinds/characters.js';
import {
  findAssignedSecret,
  findBasic,
  findFalKey,
  findQuotedSecret,
  findUrlCredentials,
} from './kinds/credentials.js';
import { findEmail } from './kinds/email.js';
import { findIpv6 } from './kinds/network-addresses.js';
import { findNumber } from './kinds/numbers.js';
import { findBearer, findKey, findPem, findToken, keyMarks } from './kinds/secrets.js';

/** Characters by which something may begin, and who is asked then, in this order. Everything else is passed at one look. */
const finders: (readonly Finder[])[] = [];
const triggers = new Uint8Array(128);
function ask(characters: string, ...asked: readonly Finder[]): void {
  for (const character of characters) {
    const code = character.charCodeAt(0);
    triggers[code] = 1;
    finders[code] = [...(finders[code] ?? []), ...asked];
  }
}
ask('@', findEmail);
ask('0123456789', findNumber);
ask(':', findUrlCredentials, findQuotedSecret, findFalKey, findIpv6);
ask('=', findAssignedSecret);
ask(String.fromCharCode(...keyMarks), findKey);
ask('.', findToken);
ask('-', findPem);
ask('Bb', findBearer, findBasic);

const fullWidthAt = 0xff20;

/** Numbers that the library judges in a text, at a few microseconds each, for one and for each 4,096 characters. */
const judgements = { least: 32, every: 4096 };

export const newWork = (length: number): Work => ({
  read: 0,
  judged: 0,
  mostJudged: judgements.least + Math.floor(length / judgements.every),
});

/** What is personal or secret in a text, from its beginning to its end, without overlaps. The work grows with the length. */
export function scan(text: string, work: Work = newWork(text.length)): readonly Finding[] {
  const findings: Finding[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 128 ? triggers[code] === 0 : code !== fullWidthAt) continue;
    // A number begins with its first digit.
    if (at > from && isDigit(code) && isDigit(text.charCodeAt(at - 1))) continue;
    const found = findingAt(text, at, from, work);
    if (found === null) continue;
    findings.push(found);
    from = found.end;
    at = from - 1;
  }
  return findings;
}

function findingAt(text: string, at: number, from: number, work: Work): Finding | null {
  for (const find of finders[text.charCodeAt(at)] ?? [findEmail]) {
    const found = find(text, at, from, work);
    if (found !== null) return found;
  }
  return null;
}
