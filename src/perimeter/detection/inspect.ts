import { detectionLimits } from '../../../config/policy/perimeter/detection.js';
import { type DetectionOptions, bitsOf } from './detect.js';
import { type MaliciousKind, NOSQL, namesOf } from './kinds.js';
import { operators } from './nosql.js';

/**
 * The kinds of attack in a parsed body or query, in its texts and its names. Reads at most `detectionLimits.values`
 * values and `totalChars` characters; the rest is not inspected.
 */
export function inspectValue(value: unknown, options?: DetectionOptions): readonly MaliciousKind[] {
  const prompt = options?.prompt === true;
  if (typeof value === 'string') return namesOf(bitsOf(value, prompt));
  if (typeof value !== 'object' || value === null) return namesOf(0);
  const open: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  let found = 0;
  let values = 0;
  let chars = 0;
  for (let item = open.pop(); item !== undefined && values < detectionLimits.values; item = open.pop()) {
    values++;
    const { value: current, depth } = item;
    if (typeof current === 'string') {
      if (chars >= detectionLimits.totalChars) continue;
      const part = current.slice(0, detectionLimits.totalChars - chars);
      chars += part.length;
      found |= bitsOf(part, prompt);
    } else if (typeof current === 'object' && current !== null && depth < detectionLimits.depth) {
      const left = detectionLimits.values - values - open.length;
      if (Array.isArray(current)) {
        for (let at = 0; at < current.length && at < left; at++)
          open.push({ value: current[at], depth: depth + 1 });
        continue;
      }
      for (const name of Object.keys(current).slice(0, Math.max(0, left))) {
        chars += name.length;
        found |= bitsOfName(name);
        open.push({ value: (current as Record<string, unknown>)[name], depth: depth + 1 });
      }
    }
  }
  return namesOf(found);
}

/** A name is an operator as a whole, or ends in one between brackets, as query strings write it. */
function bitsOfName(name: string): number {
  if (name.startsWith('$') && operators.has(name.slice(1))) return NOSQL;
  return /^[\w.\-[\]]{1,64}$/u.test(name) ? 0 : bitsOf(name, false);
}
