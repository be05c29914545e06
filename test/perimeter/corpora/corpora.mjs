// Reads the corpora and counts what a detector finds in them: the same counting for the benchmark, which runs without a
// compiler, and for the spec. The types are beside it.
import { readFileSync, readdirSync } from 'node:fs';

export const kinds = [
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

/** What is asked for: recall of a class, and the share of texts in which any class at all is found. */
export const aims = { recall: { sqli: 0.95, xss: 0.95 }, otherRecall: 0.85, ordinary: 0.001, code: 0.05 };

export const aimOf = (kind) => aims.recall[kind] ?? aims.otherRecall;

/** FNV-1a over the UTF-16 units: a line is in the same half for everybody, whatever stands around it. */
export function partOf(text) {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return ((hash >>> 16) & 1) === 0 ? 'development' : 'held-out';
}

/** All texts of the files whose names begin like this, each once, with the file that has it. */
export function readCorpus(name) {
  const seen = new Map();
  for (const file of readdirSync(import.meta.dirname).sort()) {
    if (!file.startsWith(`${name}.`) || !file.endsWith('.jsonl')) continue;
    for (const line of readFileSync(`${import.meta.dirname}/${file}`, 'utf8').split('\n')) {
      if (line === '') continue;
      const text = JSON.parse(line);
      if (!seen.has(text)) seen.set(text, file);
    }
  }
  return [...seen].map(([text, file]) => ({ text, file }));
}

export function scoreAttacks(kind, detect) {
  const score = { kind, development: { cases: 0, found: 0 }, heldOut: { cases: 0, found: 0 } };
  for (const { text } of readCorpus(kind)) {
    const half = partOf(text) === 'development' ? score.development : score.heldOut;
    half.cases++;
    if (detect(text, { prompt: kind === 'prompt' }).includes(kind)) half.found++;
  }
  return score;
}

/** Prose is asked for prompt injection too, although the service asks for it on chat alone: the harder count. */
export function scoreProse(name, part, detect) {
  const score = { texts: 0, any: 0, byKind: Object.fromEntries(kinds.map((kind) => [kind, 0])) };
  for (const { text } of readCorpus(name)) {
    if (partOf(text) !== part) continue;
    score.texts++;
    const found = detect(text, { prompt: true });
    if (found.length > 0) score.any++;
    for (const kind of found) score.byKind[kind]++;
  }
  return score;
}

export const recall = ({ cases, found }) => found / cases;
export const share = ({ texts, any }) => any / texts;
