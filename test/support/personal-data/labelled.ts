import type { Finding, RedactedKind } from '../../../src/redaction/finding.js';

/** A text with what is personal or secret in it, from its beginning to its end. */
export interface Labelled {
  readonly text: string;
  readonly findings: readonly Finding[];
}

const mark = /\{(\w+)\|([^}]*)\}/g;

/** Reads `Write to {email|ada@example.com}.` */
export function labelled(marked: string): Labelled {
  const findings: Finding[] = [];
  let text = '';
  let from = 0;
  for (const found of marked.matchAll(mark)) {
    const [whole, kind = '', value = ''] = found;
    text += marked.slice(from, found.index);
    findings.push({ kind: kind as RedactedKind, begin: text.length, end: text.length + value.length });
    text += value;
    from = found.index + whole.length;
  }
  return { text: text + marked.slice(from), findings };
}
