// Codes of problems, on which clients branch. New ones may come; one that is gone or renamed leaves a branch that is never taken.
import { mediaOf, type Comparison } from './comparison.ts';
import { list, part, placeOf, type Break, type Description, type Part } from './description.ts';
import { Shapes } from './shapes.ts';

const problemType = 'application/problem+json';

/**
 * Codes that a problem of the operation has no longer with this status: those are the names of its examples. What no problem has at
 * all is told once, at the schema.
 */
export function codeBreaks({ before, after }: Comparison, old: Part, present: Part, where: string): Break[] {
  const [media, other] = [mediaOf(old).get(problemType), mediaOf(present).get(problemType)];
  if (media === undefined) return [];
  const known = other === undefined ? null : valuesOf(after, other['schema'], 'code');
  const gone =
    known === null ? [] : valuesOf(before, media['schema'], 'code').filter((code) => !known.includes(code));
  const kept = Object.keys(part(other?.['examples']));
  const lost = Object.keys(part(media['examples'])).filter(
    (code) => !kept.includes(code) && !gone.includes(code),
  );
  return [
    ...gone.map((code) => removed(`${placeOf(media['schema']) ?? where}.code`, code)),
    ...lost.map((code) => removed(where, code)),
  ];
}

const removed = (where: string, text: string): Break => ({ rule: 'answer-code-removed', where, text });

/** The values that a field has in any alternative of the schema. */
export function valuesOf(description: Description, schema: unknown, field: string): string[] {
  const shapes = new Shapes(description);
  return shapes
    .of(schema)
    .flatMap(({ keywords }) => shapes.of(part(keywords['properties'])[field]))
    .flatMap(({ keywords }) => list(keywords['enum']).map(String));
}
