import { detectionLimits } from '../../../config/policy/perimeter/detection.js';
import { bitsOf } from './detect.js';
import { NOSQL } from './kinds.js';
import { operators } from './nosql.js';
import { leaveUnjudged } from './text/work.js';

const plain = /^[\w\-/]*$/u;

/**
 * The kinds of attack, as bits of `kinds.ts`, in a request target: in the path, in each of its segments, and in the name and
 * the value of each query parameter. Each is decoded once, as the router and the query parser do, and judged alone: an
 * injection continues the value that it stands in, not the path before it.
 */
export function bitsOfTarget(target: string): number {
  if (plain.test(target)) return 0;
  const start = /^https?:\/\/[^/?#]*/iu.exec(target)?.[0].length ?? 0;
  const query = target.indexOf('?', start);
  const path = query < 0 ? target.slice(start) : target.slice(start, query);
  return bitsOfPath(path) | (query < 0 ? 0 : bitsOfQuery(target.slice(query + 1)));
}

function bitsOfPath(path: string): number {
  if (plain.test(path)) return 0;
  const segments = parts(path, '/');
  let found = bitsOf(decodedOnce(path), false);
  for (const segment of segments) if (!plain.test(segment)) found |= bitsOf(decodedOnce(segment), false);
  return found;
}

function bitsOfQuery(query: string): number {
  let found = 0;
  for (const pair of parts(query, '&')) {
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    found |= bitsOfName(decodedOnce(name.replaceAll('+', ' ')));
    const value = equals < 0 ? '' : pair.slice(equals + 1);
    if (!plain.test(value)) found |= bitsOf(decodedOnce(value.replaceAll('+', ' ')), false);
  }
  return found;
}

function parts(text: string, separator: string): readonly string[] {
  const found = text.split(separator, detectionLimits.targetParts + 1);
  if (found.length > detectionLimits.targetParts) leaveUnjudged();
  return found.slice(0, detectionLimits.targetParts);
}

/** A malformed encoding is left as it is, as the query parser does; the detector reads it leniently. */
function decodedOnce(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A name is an operator as a whole, or ends in one between brackets, as query strings write it. */
export function bitsOfName(name: string): number {
  if (name.startsWith('$') && operators.has(name.slice(1))) return NOSQL;
  return /^[\w.\-[\]]{1,64}$/u.test(name) ? 0 : bitsOf(name, false);
}
