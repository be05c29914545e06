// Keywords that say nothing of what is valid, and yet change what a request means or what an answer has.
import { isPart, list, part, type Break, type Side, type Description, type Part } from './description.ts';
import type { Shape } from './shapes.ts';

/** The value of a keyword where it is stated first: beside a reference, behind it, in a part; a default in an alternative too. */
function stated(
  description: Description,
  schema: unknown,
  keyword: string,
  seen = new Set<unknown>(),
): unknown {
  if (!isPart(schema) || seen.has(schema)) return undefined;
  seen.add(schema);
  if (keyword in schema) return schema[keyword];
  const { $ref: reference, allOf, anyOf, oneOf } = schema;
  const inner = [
    ...(typeof reference === 'string' ? [description.at(reference)] : []),
    ...(keyword === 'default' ? [allOf, anyOf, oneOf] : [allOf]).flatMap(list),
  ];
  return inner.map((one) => stated(description, one, keyword, seen)).find((value) => value !== undefined);
}

/** A released default that is another now: who omits the value gets something else. To state one that was not stated is no change. */
export function defaultBreaks(
  { before, after }: { readonly before: Description; readonly after: Description },
  [old, present]: readonly [unknown, unknown],
  where: string,
): Break[] {
  const [some, other] = [stated(before, old, 'default'), stated(after, present, 'default')];
  if (some === undefined || before.expanded(some) === after.expanded(other)) return [];
  const text = `${JSON.stringify(some)} → ${other === undefined ? 'none' : JSON.stringify(other)}`;
  return [{ rule: 'request-default-changed', where, text }];
}

/** The shape without fields that do not travel in this direction: answers have no `writeOnly`, requests no `readOnly` ones. */
export function travelling(description: Description, shape: Shape, side: Side): Shape {
  const keyword = side === 'answer' ? 'writeOnly' : 'readOnly';
  const { properties, required } = shape.keywords;
  const hidden = Object.entries(part(properties))
    .filter(([, field]) => stated(description, field, keyword) === true)
    .map(([name]) => name);
  if (hidden.length === 0) return shape;
  const shown: Part = Object.fromEntries(
    Object.entries(part(properties)).filter(([name]) => !hidden.includes(name)),
  );
  return {
    ...shape,
    keywords: {
      ...shape.keywords,
      properties: shown,
      required: list(required).filter((name) => !hidden.includes(String(name))),
    },
  };
}
