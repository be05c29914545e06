import { detectionLimits } from '../../../config/policy/perimeter/detection.js';
import { type DetectionOptions, bitsOf } from './detect.js';
import { type MaliciousKind, namesOf } from './kinds.js';
import { bitsOfName, bitsOfTarget } from './target.js';
import { beginWork, leaveUnjudged, work } from './text/work.js';

/** What of a request is judged; each text of it is a value of its own. */
export interface RequestTexts {
  /** The request target as sent: path and query. */
  readonly target?: string;
  /** Judged by the caller's function, which may remember what it found; bits of `kinds.ts`. */
  readonly agent?: () => number;
  readonly referer?: string;
  /** The parsed body. */
  readonly body?: unknown;
  /** Names of the body whose values are secrets: any text is legitimate in them. */
  readonly except?: ReadonlySet<string>;
  /** Also look for prompt injection in the body. */
  readonly prompt?: boolean;
}

export interface Findings {
  readonly kinds: readonly MaliciousKind[];
  /** A part of the texts was not read: too many values or characters, or the work for one request was used up. */
  readonly isUnjudged: boolean;
}

/** The kinds of attack in a request, within the bounds of `detectionLimits` for all of its texts together. */
export function inspectRequest(texts: RequestTexts): Findings {
  beginWork();
  let found = texts.agent?.() ?? 0;
  if (texts.referer !== undefined) found |= bitsOfReferer(texts.referer);
  if (texts.target !== undefined) found |= bitsOfTarget(texts.target);
  found |= bitsOfValue(texts.body, texts.prompt === true, texts.except ?? noNames);
  return { kinds: namesOf(found), isUnjudged: work.isUnjudged() };
}

/** The kinds of attack in a parsed body or query, in its texts and its names. */
export function inspectValue(value: unknown, options?: DetectionOptions): readonly MaliciousKind[] {
  return inspectRequest({ body: value, ...options }).kinds;
}

const noNames: ReadonlySet<string> = new Set();

function bitsOfReferer(referer: string): number {
  return /^https?:\/\//iu.test(referer) ? bitsOfTarget(referer) : bitsOf(referer, false);
}

function bitsOfValue(value: unknown, prompt: boolean, except: ReadonlySet<string>): number {
  if (typeof value === 'string') return bitsOf(value, prompt);
  if (typeof value !== 'object' || value === null) return 0;
  const open: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  let found = 0;
  let values = 0;
  let chars = 0;
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    if (values++ >= detectionLimits.values) {
      leaveUnjudged();
      break;
    }
    const { value: current, depth } = item;
    if (typeof current === 'string') {
      const part = current.slice(0, detectionLimits.totalChars - chars);
      if (part.length < current.length) leaveUnjudged();
      chars += part.length;
      if (part !== '') found |= bitsOf(part, prompt);
    } else if (typeof current === 'object' && current !== null) {
      const left = detectionLimits.values - values - open.length;
      const names = Array.isArray(current) ? null : Object.keys(current);
      const count = names === null ? (current as readonly unknown[]).length : names.length;
      if (count > left || depth >= detectionLimits.depth) leaveUnjudged();
      if (depth >= detectionLimits.depth) continue;
      for (let at = 0; at < count && at < left; at++) {
        const name = names?.[at];
        if (name !== undefined) {
          if (depth === 0 && except.has(name)) continue;
          chars += name.length;
          found |= bitsOfName(name);
        }
        open.push({ value: (current as Record<string | number, unknown>)[name ?? at], depth: depth + 1 });
      }
    }
  }
  return found;
}
