/** The kinds of attack that are detected. `prompt` only where a text becomes a prompt. */
export type MaliciousKind =
  'sqli' | 'xss' | 'command' | 'traversal' | 'nosql' | 'template' | 'header' | 'log' | 'prompt';

export const maliciousKinds: readonly MaliciousKind[] = [
  'sqli',
  'xss',
  'command',
  'traversal',
  'nosql',
  'template',
  'header',
  'log',
  'prompt',
];

export const SQLI = 1;
export const XSS = 2;
export const COMMAND = 4;
export const TRAVERSAL = 8;
export const NOSQL = 16;
export const TEMPLATE = 32;
export const HEADER = 64;
export const LOG = 128;
export const PROMPT = 256;

/** Each combination is built once, so that a result allocates nothing. */
const named = new Map<number, readonly MaliciousKind[]>();

const none: readonly MaliciousKind[] = Object.freeze([]);

/** The names of the kinds in a bit set, as a shared, frozen list. */
export function namesOf(bits: number): readonly MaliciousKind[] {
  if (bits === 0) return none;
  let names = named.get(bits);
  if (names === undefined) {
    names = Object.freeze(maliciousKinds.filter((_, at) => (bits & (1 << at)) !== 0));
    named.set(bits, names);
  }
  return names;
}
