import { signs } from './text/characters.js';
import { spend } from './text/work.js';

/** Operators of document stores that change what a filter means. */
export const operators = new Set(
  'ne eq gt gte lt lte in nin all regex where exists or and nor not func function expr mod type text jsonSchema comment lookup match out elemMatch size accumulator merge set unset inc push pull rename'.split(
    ' ',
  ),
);

const unitsOf = { operator: 300, quote: 200 };

/** Whether a text looks like NoSQL injection: operators and script where a document store would evaluate them. */
export function looksLikeNosql(text: string): boolean {
  if (startsWithScript(text)) return true;
  for (let index = 0; index < signs.count(); index++) {
    const at = signs.at(index);
    const code = text.charCodeAt(at);
    if (code === 36) {
      if (spend(unitsOf.operator) && operates(text, at)) return true;
    } else if (code === 39 || code === 34) {
      if (at <= 64 && spend(unitsOf.quote) && breaksOut(text, at)) return true;
    }
  }
  return false;
}

function operates(text: string, at: number): boolean {
  let end = at + 1;
  while (end < at + 14 && isLetter(text.charCodeAt(end))) end++;
  const name = text.slice(at + 1, end);
  if (!operators.has(name)) return false;
  const before = text.charCodeAt(at - 1);
  // A query string: user[$ne]=x.
  if (before === 91 && text.charCodeAt(end) === 93) return /^\]\s*(?:=|\[|$)/u.test(text.slice(end, end + 3));
  const after = text.slice(end, end + 16);
  if (!/^["']?\s*[:=]/u.test(after)) return false;
  if (name === 'where') return at <= 24 || /["'{,]\s*$/u.test(text.slice(Math.max(0, at - 2), at));
  const isKey = /[{,"'[]\s*$|^\s*$/u.test(text.slice(Math.max(0, at - 3), at));
  return isKey && (isFilter(text) || matchesAll(name, after));
}

/** The text itself is a filter, or the middle of one; in prose a filter is quoted after words. */
function isFilter(text: string): boolean {
  return /^\s*(?:array\s*\()?["']?[\s}\]),]*(?:[{[$,]|["']\w*["']?\s*:|["']\$)/u.test(text.slice(0, 24));
}

/** Conditions that every document meets. */
function matchesAll(name: string, after: string): boolean {
  if (name === 'ne' || name === 'gt' || name === 'gte')
    return /^["']?\s*:\s*(?:null|undefined|""|''|-?1\b)/u.test(after);
  return name === 'regex' && /^["']?\s*:\s*["'/]\^?\.\*/u.test(after);
}

/** Script behind the end of a statement, or of the call that the text was written into. */
const statement =
  /^[\s)}\]]*;\s*(?:return\b|sleep\s*\(\s*\d{2,}|while\s*\(|db\.\w|it=new|do\s*\{|for\s*\(\s*;;|throw\b|emit\s*\(|var\s+\w+\s*=\s*new\s+Date)/u;
/** A condition of script that continues one: a field, an equality, a constant, a call. */
const condition =
  /^[\s)]*(?:\|\||&&)\s*(?:this\.|Object\.|sleep\s*\(|\(?\s*function\b|['"]?\w*['"]?\s*[!=]={1,2}|true\b|!{1,2}[\w(]|[01]\s*(?:\|\||&&|\/\/)|(['"])\w*\1\s*(?:\|\||&&))/u;
const operation = /^\s*[+-]\s*(?:sleep\s*\(|\(?\s*function\b)/u;

/** A quote followed by script that the store would run. */
function breaksOut(text: string, at: number): boolean {
  const quote = text[at] ?? '';
  if (text.lastIndexOf(quote, at - 1) >= 0 && at > 0) return false;
  const after = text.slice(at + 1, at + 64);
  return statement.test(after) || condition.test(after) || operation.test(after);
}

function startsWithScript(text: string): boolean {
  const next = text.slice(0, 64).trimStart();
  return (
    /^\d+\s*;\s*(?:return\b|var\s+\w+\s*=\s*new\s+Date|sleep\s*\(\s*\d{3,}|while\s*\()/u.test(next) ||
    /^(?:\|\||&&)\s*(['"]?)\w+\1\s*[!=]={1,2}\s*['"]?\w/u.test(next) ||
    /^db\.\w+\.(?:insert|find|drop|remove|update|delete|mapReduce|aggregate)\w*\s*\(/u.test(next)
  );
}

function isLetter(code: number): boolean {
  return (code | 32) >= 97 && (code | 32) <= 122;
}
